import type { Timers } from '../../application/camera-control/worker-host';
import type { Log } from '../../application/shared/log';

/** The result of a task that found nothing to do, and expects nothing soon. */
export const REST = 'rest';

/** A failed run is repeated this soon, however rarely the task is repeated. */
const RETRY_MS = 1_000;

export interface Pace {
  /** The shortest time between two woken runs, so that many wakes become one run. */
  readonly apartMs?: number;
  /** After a run with the result `REST` the next one, unless it is woken, begins only after this time. */
  readonly restMs?: number;
}

/** Repeats a task, never twice at once, and whenever it is woken; a failed run is repeated, and logged once. */
export function every(ms: number, what: string, task: () => Promise<unknown>, log: Log, pace: Pace = {}): Repetition {
  return new Repetition(ms, what, task, log, pace);
}

export class Repetition {
  private running: Promise<unknown> = Promise.resolve();
  private busy = false;
  private again = false;
  private failing = false;
  private resting = false;
  private stopped = false;
  private begunAt = Number.NEGATIVE_INFINITY;
  private later: NodeJS.Timeout | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly ms: number,
    private readonly what: string,
    private readonly task: () => Promise<unknown>,
    private readonly log: Log,
    private readonly pace: Pace,
  ) {
    const { restMs = ms } = pace;
    this.timer = setInterval(() => {
      // Timers are not exact: half a period before the end counts as the end of the rest.
      if (!this.resting || performance.now() - this.begunAt > restMs - ms / 2) this.run();
    }, ms);
  }

  readonly wake = (): void => {
    if (this.stopped) return;
    this.again = true;
    const wait = this.begunAt + (this.pace.apartMs ?? 0) - performance.now();
    if (wait > 0) this.runLater(wait);
    else this.run();
  };

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.later);
    await this.running;
  }

  private run(): void {
    if (this.busy || this.stopped) return;
    [this.busy, this.again] = [true, false];
    this.begunAt = performance.now();
    this.running = this.once().finally(() => {
      this.busy = false;
      if (this.stopped) return;
      if (this.failing && this.ms > RETRY_MS) this.runLater(RETRY_MS);
      else if (this.again) this.wake();
    });
  }

  private async once(): Promise<void> {
    try {
      this.resting = (await this.task()) === REST;
      if (this.failing) this.log.info(`${this.what} works again`);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn(`${this.what} failed and is tried again`, { error });
      this.failing = true;
      this.resting = false;
    }
  }

  private runLater(after: number): void {
    this.later ??= setTimeout(() => {
      this.later = undefined;
      this.run();
    }, after);
  }
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
