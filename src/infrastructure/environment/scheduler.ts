import type { Timers } from '../../application/camera-control/worker-host';
import type { Log } from '../../application/shared/log';

/** Repeats a task, never twice at once; a run that fails is tried again at its next time, which is logged once. */
export function every(ms: number, what: string, task: () => Promise<unknown>, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  let failing = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = task()
      .then(() => {
        if (failing) log.info(`${what} works again`);
        failing = false;
      })
      .catch((error: unknown) => {
        if (!failing) log.warn(`${what} failed and is tried again`, { error });
        failing = true;
      })
      .finally(() => {
        busy = false;
      });
  }, ms);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** The time of this machine. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  wall: () => new Date(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
