import type { CaptureStore, Moment } from '../../src/application/records/violation-pictures';

/** Pictures of violations without a disk. */
export class InMemoryCaptures implements CaptureStore {
  private readonly kept = new Map<number, Map<number, Uint8Array>>();
  /** Set: the disk takes nothing, and says this. */
  refusal: string | undefined;

  /** `workers`: the pictures that each camera has at present, by their time. */
  constructor(private readonly workers: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>) {}

  async keep({ violationId, cameraId, at }: Moment, aroundMs: number): Promise<number> {
    const there = [...(this.workers.get(cameraId) ?? [])].filter(([time]) => Math.abs(time - at.getTime()) <= aroundMs);
    if (there.length === 0) return 0;
    if (this.refusal !== undefined) throw new Error(this.refusal);
    const own = new Map([...(this.kept.get(violationId) ?? []), ...there]);
    this.kept.set(violationId, own);
    return own.size;
  }

  async times({ violationId }: Moment): Promise<readonly number[]> {
    return [...(this.kept.get(violationId)?.keys() ?? [])].sort((a, b) => a - b);
  }

  async read({ violationId }: Moment, takenAt: number): Promise<Uint8Array | undefined> {
    return this.kept.get(violationId)?.get(takenAt);
  }

  pathOf({ violationId }: Moment): string {
    return `captures/${violationId}`;
  }
}
