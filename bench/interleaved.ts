/** One thing that is timed; `floor` names the contestant that does the least work that could possibly do. */
export interface Contestant {
  readonly name: string;
  readonly once: () => Promise<unknown>;
  readonly floor?: string;
  readonly targetMs?: number;
}

export interface Timing {
  readonly contestant: Contestant;
  /** Median of what counts of each round. */
  readonly ms: number;
  /** The fastest and the slowest round. */
  readonly range: readonly [number, number];
}

export interface Effort {
  readonly rounds: number;
  readonly callsPerRound: number;
  /** Which of a round's calls counts, 0 to 1; the median unless said otherwise. */
  readonly percentile?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

async function round({ once }: Contestant, { callsPerRound: calls, percentile }: Effort): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const from = performance.now();
    await once();
    times.push(performance.now() - from);
  }
  return percentile === undefined ? median(times) : at(percentile, times);
}

const at = (share: number, values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

/**
 * Times all contestants in turn, round after round, in reversed order every other round: whatever else the machine
 * does falls on all of them alike. The first round warms up and does not count.
 */
export async function interleaved(contestants: readonly Contestant[], effort: Effort): Promise<Timing[]> {
  const medians = contestants.map((contestant) => ({ contestant, rounds: [] as number[] }));
  for (let i = 0; i <= effort.rounds; i++) {
    for (const { contestant, rounds } of i % 2 === 0 ? medians : [...medians].reverse()) {
      const ms = await round(contestant, effort);
      if (i > 0) rounds.push(ms);
    }
  }
  return medians.map(({ contestant, rounds }) => ({
    contestant,
    ms: median(rounds),
    range: [Math.min(...rounds), Math.max(...rounds)],
  }));
}
