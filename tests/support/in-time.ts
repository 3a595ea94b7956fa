/** With PERF=1, on a machine that has nothing else to do, times are held against their limits. */
export const PERF = process.env.PERF === '1';

/**
 * Holds a time in milliseconds against its limit, and only with PERF=1: on a machine whose cores are taken it says
 * nothing about the program.
 */
export function inTime(ms: number, limit: number): void {
  if (PERF) expect(ms).toBeLessThanOrEqual(limit);
}
