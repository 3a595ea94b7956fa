import { alerts } from './alerts';
import { cameras } from './cameras';
import { control } from './control';
import { detector } from './detector';
import { http } from './http';
import { idle } from './idle';
import { ingest } from './ingest';
import { live } from './live';
import { nodes } from './nodes';
import { records } from './records';
import { type Result, keepResult } from './results';
import { rollout } from './rollout';
import { start } from './start';
import { statistics } from './statistics';
import { web } from './web';

type Length = 'full' | 'short';

const BENCHMARKS: Readonly<Record<string, (length: Length, rows?: number) => Promise<string>>> = {
  alerts,
  cameras,
  control,
  detector,
  http,
  idle,
  ingest,
  live,
  nodes,
  records,
  rollout,
  start,
  statistics,
  web,
};

const USAGE = `npm run bench -- [NAME …] [--short|--full] [--rows=N] [--no-results]
  NAME: ${Object.keys(BENCHMARKS).join(', ')}; without one: all, in their short form
  Figures go to bench/RESULTS.md, too, unless --no-results is said.\n`;

const OPTION = /^--(short|full|no-results|rows=\d{1,9})$/;

/** Figures compare within one run on one machine: read the ratios, not the milliseconds. */
async function main(args: readonly string[]): Promise<void> {
  const wrong = args.filter((arg) => !OPTION.test(arg) && !Object.hasOwn(BENCHMARKS, arg));
  if (wrong.length > 0) throw new Error(`There is no ${wrong.join(', ')}.\n${USAGE}`);
  const names = args.filter((arg) => !arg.startsWith('--'));
  const short = args.includes('--short') || (names.length === 0 && !args.includes('--full'));
  const rows = args.find((arg) => arg.startsWith('--rows='));
  for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
    const result = await run(name, short ? 'short' : 'full', rows);
    process.stdout.write(`\n${name}: ${result.text}`);
    if (!args.includes('--no-results')) keepResult(result);
  }
}

async function run(name: string, length: Length, rows: string | undefined): Promise<Result> {
  const at = new Date();
  const text = await BENCHMARKS[name]?.(length, rows === undefined ? undefined : Number(rows.slice('--rows='.length)));
  const took = `in ${((Date.now() - at.getTime()) / 1000).toFixed(0)} s`;
  const command = ['npm run bench --', name, ...(length === 'short' ? ['--short'] : []), ...(rows ? [rows] : [])];
  return { name, command: command.join(' '), text: `${text}\n${took}\n`, at };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
