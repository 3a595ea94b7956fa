const WINDOW_S = 5;
/** The first frames come in a bunch, or late: a rate over less would be a guess. */
const MEASURED_AFTER_S = 2;

/** Frames per second over the last seconds; times in seconds, of a clock that never jumps. */
export class FpsMeter {
  private times: number[] = [];
  private startedAt: number | undefined;

  count(now: number): void {
    this.startedAt ??= now;
    this.times.push(now);
    this.forget(now);
  }

  /** Null while it is too early to tell. */
  rate(now: number): number | null {
    if (this.startedAt === undefined || now - this.startedAt < MEASURED_AFTER_S) return null;
    this.forget(now);
    const span = Math.min(WINDOW_S, now - this.startedAt);
    return Math.round((this.times.length / span) * 100) / 100;
  }

  private forget(now: number): void {
    const firstKept = this.times.findIndex((time) => time > now - WINDOW_S);
    this.times = firstKept < 0 ? [] : this.times.slice(firstKept);
  }
}
