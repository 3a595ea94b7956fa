import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { PERF } from './in-time';

/** A shorter deadline would hold only on a machine that has nothing else to do. */
const LEAST_MS = 30_000;

interface Patience {
  /** Milliseconds until it gives up, 5000 unless said otherwise; not before half a minute where time is not what is tested. */
  readonly within?: number;
  /** Whether the deadline counts as it stands. */
  readonly exact?: boolean;
  /** Milliseconds between two looks, 20 unless said otherwise. */
  readonly every?: number;
  /** What is waited for, for the message. */
  readonly what?: string;
}

/**
 * Looks again and again until `check` gives something truthy (or, for a check made of `expect`, does not throw).
 * @throws Error at the deadline, with the last error or value
 */
export async function eventually<T>(check: () => Promise<T> | T, patience: Patience = {}): Promise<T> {
  const { every = 20, what = 'the expected state' } = patience;
  const within = Math.max(patience.within ?? 5_000, PERF || patience.exact ? 0 : LEAST_MS);
  const deadline = Date.now() + within;
  for (;;) {
    let seen: string;
    let cause: unknown;
    try {
      const value = await check();
      if (value || value === undefined) return value;
      seen = `it was ${inspect(value)}`;
    } catch (error) {
      cause = error;
      seen = error instanceof Error ? error.message : inspect(error);
    }
    if (Date.now() >= deadline) throw new Error(`Not within ${within} ms: ${what}. At last: ${seen}`, { cause });
    await sleep(every);
  }
}
