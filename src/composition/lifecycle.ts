import type { Log } from '../application/shared/log';
import { type Pace, type Repetition, every } from '../infrastructure/environment/scheduler';

type Undo = () => Promise<unknown>;

/** What a process has started: it is stopped in the reverse order, even if a stop fails. */
export class Lifecycle {
  private readonly begun: Undo[] = [];

  constructor(
    private readonly log: Log,
    private readonly repeat: typeof every = every,
  ) {}

  onStop(undo: Undo): void {
    this.begun.push(undo);
  }

  /** A task that is repeated until the stop. `what` names it in the log when it fails. */
  every(ms: number, what: string, task: () => Promise<unknown>, pace?: Pace): Repetition {
    const repeated = this.repeat(ms, what, task, this.log, pace);
    this.onStop(() => repeated.stop());
    return repeated;
  }

  async stop(): Promise<void> {
    for (const undo of this.begun.reverse().splice(0))
      await undo().catch((error: unknown) => this.log.error('stopping', { error }));
  }
}
