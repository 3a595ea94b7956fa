import type { Log } from '../../application/shared/log';

/** Repeats a task, never twice at once; one that fails is tried again at its next time, and only the first failure in a row told. */
export function every(ms: number, what: string, task: () => Promise<unknown>, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  let fails = false;
  const run = async () => {
    try {
      await task();
      if (fails) log.info(`${what} works again`);
      fails = false;
    } catch (error) {
      if (!fails) log.warn(`${what} failed and is tried again`, { error });
      fails = true;
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = run().finally(() => {
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
