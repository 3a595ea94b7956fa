import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/**
 * Each check wakes the process, but with few of them in a window one hiccup decides: at 100 ms a service under traffic
 * never counted as idle, so that its rollout got no comparisons.
 */
const RESOLUTION_MS = 20;
const WINDOW_MS = 1_000;

/** How late this process's event loop runs: a busy process has no time for optional work. */
export function watchEventLoop(): { lagMs(): number; stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const timer = setInterval(() => delays.reset(), WINDOW_MS);
  timer.unref();
  return {
    lagMs: () => Math.max(0, delays.percentile(90) / 1e6 - RESOLUTION_MS),
    stop: () => {
      clearInterval(timer);
      delays.disable();
    },
  };
}

/** Percent of the live objects by which the heap may grow before garbage is collected; V8 would wait for up to 300. */
const GROWTH_PERCENT = 60;

/**
 * Keeps the memory of this process small within its first minute. V8 otherwise lets the heap grow to several times what
 * is alive, and gives hardly anything back: a service that runs for months next to its database should stay as small as
 * it can. The live objects are some 40 MB, so collecting them more often costs little.
 */
export const keepMemorySteady = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
