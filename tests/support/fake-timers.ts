import { setImmediate as turn } from 'node:timers/promises';
import type { Timers } from '../../src/application/camera-control/worker-host';

/** A clock that goes only when told. */
export class FakeTimers implements Timers {
  private time = 0;
  private tasks: { at: number; task: () => void }[] = [];

  now = (): number => this.time;
  wall = (): Date => new Date(Date.UTC(2030, 0, 1) + this.time);

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.time + Math.max(0, ms), task };
    this.tasks.push(entry);
    return () => {
      this.tasks = this.tasks.filter((each) => each !== entry);
    };
  }

  /** Lets time pass, each task at its time, with everything that follows from it. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await turn();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.time = Math.max(this.time, next.at);
      this.tasks = this.tasks.filter((each) => each !== next);
      next.task();
      await turn();
    }
    this.time = end;
  }

  /** The time jumps: what was due meanwhile comes late, as for a program that was stopped. */
  async standStill(ms: number): Promise<void> {
    this.time += ms;
    await this.pass(0);
  }

  private next(end: number) {
    return this.tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
