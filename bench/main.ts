import { alerts } from './alerts';
import { cameras } from './cameras';
import { control } from './control';
import { http } from './http';
import { ingest } from './ingest';
import { records } from './records';
import { rollout } from './rollout';
import { start } from './start';
import { statistics } from './statistics';

const BENCHMARKS: Readonly<Record<string, (length: 'full' | 'short', rows?: number) => Promise<string>>> = {
  alerts,
  cameras,
  control,
  http,
  ingest,
  records,
  rollout,
  start,
  statistics,
};

const USAGE = `npm run bench -- [NAME] [--short] [--rows=N]     NAME: ${Object.keys(BENCHMARKS).join(', ')}; all without one\n`;

/** Figures compare within one run on one machine: read the ratios, not the milliseconds. */
async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const rows = args.map((arg) => /^--rows=(\d{1,9})$/.exec(arg)?.[1]).find((text) => text !== undefined);
  const unknown = args.filter((arg) => !/^--(short|rows=\d{1,9})$/.test(arg) && !Object.hasOwn(BENCHMARKS, arg));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.\n${USAGE}`);
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const from = performance.now();
    process.stdout.write(
      `\n${name}: ${await run(args.includes('--short') ? 'short' : 'full', rows === undefined ? undefined : Number(rows))}`,
    );
    process.stdout.write(`\nin ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
