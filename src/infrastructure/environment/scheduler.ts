import type { Log } from '../../application/shared/log';

/** Repeats a task, never twice at once; a run that fails is logged and tried again at its next time. */
export function every(ms: number, what: string, task: () => Promise<unknown>, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = task()
      .catch((error: unknown) => log.warn(`${what} failed and is tried again`, { error }))
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
