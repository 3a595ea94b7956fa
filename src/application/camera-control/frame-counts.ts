import type { Worker } from './worker-host';

interface Counted {
  readonly total: number;
  /** Token of the worker that reported last. */
  readonly token: string;
  /** Its last count; null before its first report. */
  readonly said: number | null;
}

/** Frames of each camera since this service started, over all its workers: each worker begins at zero. */
export class FrameCounts {
  private readonly cameras = new Map<string, Counted>();

  of(camera: string): number {
    return this.cameras.get(camera)?.total ?? 0;
  }

  /** A worker that was taken over: its first count is the base, because an earlier run counted those frames. */
  adopt({ id, token }: Worker): void {
    this.cameras.set(id, { total: this.of(id), token, said: null });
  }

  /** `frames`: since the worker was started. */
  hear({ id, token }: Worker, frames: number): void {
    const known = this.cameras.get(id);
    const before = known?.token === token ? (known.said ?? frames) : 0;
    this.cameras.set(id, { total: this.of(id) + Math.max(0, frames - before), token, said: frames });
  }
}
