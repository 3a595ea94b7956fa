import type { Worker } from './worker-host';

interface Counted {
  readonly total: number;
  /** Of the worker that was heard last. */
  readonly token: string;
  /** What it said last; null while it has not been heard. */
  readonly said: number | null;
}

/** Frames of each camera since this service started, over all its workers: each of them begins at zero again. */
export class FrameCounts {
  private readonly cameras = new Map<string, Counted>();

  of(camera: string): number {
    return this.cameras.get(camera)?.total ?? 0;
  }

  /** A worker that was there before: whoever had it counted what it saw until now. */
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
