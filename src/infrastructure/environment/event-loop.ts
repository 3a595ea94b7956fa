import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Each look wakes the process. */
const RESOLUTION_MS = 100;
const WINDOW_MS = 1_000;

/** How late this process's event loop runs: a busy process has no time for work nobody waits for. */
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
