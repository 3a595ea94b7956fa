import { DECIDERS, ready } from './deciders';

/**
 * Prints the bytes one decision allocates. Run with --expose-gc and a young generation so large that nothing is
 * collected in between: then the heap's growth is what was allocated.
 */
async function main(name: string | undefined): Promise<void> {
  const decider = DECIDERS.find((d) => d.name === name);
  if (!decider || !globalThis.gc) throw new Error('usage: node --expose-gc rollout-allocation.js NAME');
  const decide = await ready(decider);
  // Enough for the optimising compiler, few enough for the young generation.
  const calls = decider.calls * 5;
  await decide(calls);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  await decide(calls);
  const grown = process.memoryUsage().heapUsed - before;
  process.send?.(grown / calls);
  process.exit(0);
}

void main(process.argv[2]);
