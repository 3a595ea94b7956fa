import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DECIDERS, type Decider, FLOOR, ready } from './deciders';
import { type Effort, interleaved } from './interleaved';
import { table } from './table';

const EFFORT: Record<'full' | 'short', Effort> = {
  full: { rounds: 15, callsPerRound: 9 },
  short: { rounds: 5, callsPerRound: 5 },
};

/** One decision of the rollout beside other engines in memory, each against the bare hash measured in the same run. */
export async function rollout(length: 'full' | 'short'): Promise<string> {
  const contestants = await Promise.all(
    DECIDERS.map(async (decider) => {
      const decide = await ready(decider);
      return { name: decider.name, once: async () => decide(decider.calls) };
    }),
  );
  const timings = await interleaved(contestants, EFFORT[length]);
  const nanoseconds = (name: string, calls: number) => {
    const timing = timings.find(({ contestant }) => contestant.name === name);
    return [timing?.ms ?? Number.NaN, ...(timing?.range ?? [])].map((ms) => (ms * 1e6) / calls);
  };
  const floor = nanoseconds(FLOOR, DECIDERS[0]?.calls ?? 1)[0] ?? Number.NaN;
  const rows: string[][] = [];
  for (const decider of DECIDERS) {
    const [median = Number.NaN, fastest = Number.NaN, slowest = Number.NaN] = nanoseconds(decider.name, decider.calls);
    rows.push([
      decider.name,
      median.toFixed(0),
      `${fastest.toFixed(0)} - ${slowest.toFixed(0)}`,
      `${(median / floor).toFixed(2)} x`,
      target(decider, median / floor),
      (await allocated(decider)).toFixed(1),
    ]);
  }
  return `one decision, keys of 36 characters\n\n${table(['', 'median ns', 'rounds', 'of the floor', 'target', 'bytes allocated'], rows)}`;
}

const target = ({ target }: Decider, ratio: number): string =>
  target === undefined ? '' : `${target} ${ratio <= target ? 'met' : 'MISSED'}`;

/** Bytes per decision, measured in a process of its own. */
async function allocated({ name }: Decider): Promise<number> {
  const child = fork(path.join(__dirname, 'rollout-allocation.js'), [name], {
    execArgv: ['--expose-gc', '--max-semi-space-size=1024', '--min-semi-space-size=1024'],
  });
  const [bytes] = await once(child, 'message');
  return Number(bytes);
}
