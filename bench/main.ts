import { alerts } from './alerts';
import { cameras } from './cameras';
import { rollout } from './rollout';

const BENCHMARKS: Readonly<Record<string, (length: 'full' | 'short') => Promise<string>>> = {
  alerts,
  cameras,
  rollout,
};

const USAGE = `npm run bench -- [NAME] [--short]     NAME: ${Object.keys(BENCHMARKS).join(', ')}; all without one\n`;

/** Figures compare within one run on one machine: read the ratios, not the milliseconds. */
async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.filter((arg) => arg !== '--short' && !Object.hasOwn(BENCHMARKS, arg));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.\n${USAGE}`);
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const from = performance.now();
    process.stdout.write(`\n${name}: ${await run(args.includes('--short') ? 'short' : 'full')}`);
    process.stdout.write(`\nin ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
