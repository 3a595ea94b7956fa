export const MOST_ATTEMPTS = 8;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/** Milliseconds until the next attempt: 1 s, doubled each time, up to 5 minutes, a fifth more or less by chance (0 to 1). */
export const waitAfter = (attempts: number, chance: number): number =>
  Math.round(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)) * (0.8 + 0.4 * chance));
