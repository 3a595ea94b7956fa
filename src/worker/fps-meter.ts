const WINDOW_S = 5;

/** Frames per second over the last seconds; times in seconds, of a clock that never jumps. */
export class FpsMeter {
  private times: number[] = [];
  private startedAt: number | undefined;

  count(now: number): void {
    this.startedAt ??= now;
    this.times.push(now);
    this.forget(now);
  }

  rate(now: number): number {
    if (this.startedAt === undefined) return 0;
    this.forget(now);
    // Not over less than a second: the first frames come in a bunch.
    const span = Math.min(WINDOW_S, Math.max(1, now - this.startedAt));
    return Math.round((this.times.length / span) * 100) / 100;
  }

  private forget(now: number): void {
    const firstKept = this.times.findIndex((time) => time > now - WINDOW_S);
    this.times = firstKept < 0 ? [] : this.times.slice(firstKept);
  }
}
