import type { Timers } from '../../application/camera-control/worker-host';
import type { Log } from '../../application/shared/log';

/** The answer of a task that found nothing to do, and does not expect anything soon. */
export const REST = 'rest';

/** A run that failed is tried again this soon, however seldom the task is repeated. */
const RETRY_MS = 1_000;

export interface Repeated {
  /** Runs the task now, or once more after the run that is under way: what it waited for may have happened after that began. */
  readonly wake: () => void;
  /** Resolves when the run under way has ended. */
  stop(): Promise<void>;
}

/** In milliseconds. */
export interface EveryOptions {
  readonly apartMs?: number;
  readonly restMs?: number;
}

/**
 * Repeats a task, never twice at once, and whenever it is woken; a run that fails is tried again, which is logged once.
 * `apartMs`: runs by waking begin at least so far apart, so that many wakes become one run. `restMs`: after a run that
 * answered `REST` the next one, unless it is woken, begins only after this time.
 */
export function every(
  ms: number,
  what: string,
  task: () => Promise<unknown>,
  log: Log,
  { apartMs = 0, restMs = ms }: EveryOptions = {},
): Repeated {
  let running: Promise<unknown> = Promise.resolve();
  let [busy, again, failing, stopped] = [false, false, false, false];
  let resting = false;
  let begunAt = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;

  const runLater = (after: number) => {
    later ??= setTimeout(() => {
      later = undefined;
      run();
    }, after);
  };
  const run = () => {
    if (busy || stopped) return;
    [busy, again] = [true, false];
    begunAt = performance.now();
    running = task()
      .then((answer) => {
        resting = answer === REST;
        if (failing) log.info(`${what} works again`);
        failing = false;
      })
      .catch((error: unknown) => {
        if (!failing) log.warn(`${what} failed and is tried again`, { error });
        failing = true;
      })
      .finally(() => {
        busy = false;
        if (failing && ms > RETRY_MS && !stopped) runLater(RETRY_MS);
        else if (again) wake();
      });
  };
  const wake = () => {
    if (stopped) return;
    again = true;
    const wait = begunAt + apartMs - performance.now();
    if (wait > 0) runLater(wait);
    else run();
  };
  const timer = setInterval(() => {
    // Timers are not exact: half a period early is the time after which it rested long enough.
    if (!resting || performance.now() - begunAt > restMs - ms / 2) run();
  }, ms);
  return {
    wake,
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      clearTimeout(later);
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
