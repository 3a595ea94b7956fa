import { type Violation, violationNotFound } from '../../domain/records/violation';
import { DomainError } from '../../domain/shared/domain-error';
import type { Clock, Log } from '../shared/log';
import { Media } from '../shared/media';
import type { ViolationKey } from './records-port';
import type { ViolationStore } from './violation-store';

/** What is kept of a violation: the pictures of this long before and after its moment. */
const AROUND_MS = 2_000;
/** Pictures of workers are removed after 15 s; whoever comes later finds none. */
const IN_TIME_MS = 14_000;
/** A picture reaches its folder a little after its moment. */
const SETTLED_MS = 500;
const LOOKED_AT = 200;
/** Farther from the moment a picture shows something else. */
const OF_THE_MOMENT_MS = 1_000;

/** The violation whose pictures are meant; its time names the folder. */
export interface Moment {
  readonly violationId: number;
  readonly cameraId: string;
  readonly at: Date;
}

/** Pictures that are kept of violations, by the millisecond since 1970 in which they were taken. */
export interface CaptureStore {
  /**
   * Keeps the pictures of the camera around the moment that are there and not kept yet; answers how many are kept of
   * it by now. Throws when the disk takes none.
   */
  keep(moment: Moment, aroundMs: number): Promise<number>;
  /** Oldest first. */
  times(moment: Moment): Promise<readonly number[]>;
  read(moment: Moment, takenAt: number): Promise<Uint8Array | undefined>;
  /** Where the pictures of a moment are, as `snapshot_path` says it. */
  pathOf(moment: Moment): string;
}

export interface PictureKey extends ViolationKey {
  /** One of the times of the strip; the one of the moment without it. */
  readonly at?: number;
}

export interface StripFrame {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds before (negative) or after the moment of the violation. */
  readonly offset_ms: number;
  readonly href: string;
}

export interface Strip {
  readonly violation_id: number;
  /** Oldest first. */
  readonly frames: readonly StripFrame[];
}

/** Shows the pictures of violations. */
export class ViolationPictureService {
  constructor(
    private readonly store: Pick<ViolationStore, 'find'>,
    private readonly captures: CaptureStore,
  ) {}

  /** Throws `violation.not_found`, or `violation.no_picture`, which says why there is none. */
  async picture({ violation_id: id, at }: PictureKey): Promise<Media> {
    const moment = await this.moment(id);
    const time = at ?? nearest(await this.captures.times(moment), moment.at.getTime());
    const jpeg = time === undefined ? undefined : await this.captures.read(moment, time);
    if (!jpeg || time === undefined) throw noPicture(id);
    return new Media('image/jpeg', jpeg, {
      // It never changes, and is removed only by its age.
      'cache-control': 'private, max-age=86400, immutable',
      'x-picture-time': new Date(time).toISOString(),
    });
  }

  /** Throws `violation.not_found`. */
  async strip({ violation_id: id }: ViolationKey): Promise<Strip> {
    const moment = await this.moment(id);
    const frames = (await this.captures.times(moment)).map((at) => ({
      at,
      offset_ms: at - moment.at.getTime(),
      href: `/api/v1/records/violations/${id}/picture?at=${at}`,
    }));
    return { violation_id: id, frames };
  }

  private async moment(id: number): Promise<Moment> {
    const violation = await this.store.find(id);
    if (!violation) throw violationNotFound(id);
    return momentOf(violation);
  }
}

const nearest = (times: readonly number[], moment: number): number | undefined =>
  times
    .toSorted((a, b) => Math.abs(a - moment) - Math.abs(b - moment))
    .find((at) => Math.abs(at - moment) <= AROUND_MS);

const momentOf = ({ fields }: Violation): Moment => ({
  violationId: fields.id,
  cameraId: fields.cameraId,
  at: fields.timestamp,
});

const noPicture = (id: number) =>
  new DomainError(
    'violation.no_picture',
    `There is no picture of violation ${id}: its camera gave none at that moment, its event came too late, the disk was full, or it is too old.`,
    { params: { id } },
  );

/** Why no pictures are kept at present, for people; undefined while they are. */
export type CaptureTrouble = string | undefined;

/** Keeps the pictures around the moment of each new violation, as long as the camera's worker still has them. */
export class ViolationCapturer {
  /** Violations of the last seconds for which no picture comes any more. */
  private readonly complete = new Set<number>();
  trouble: CaptureTrouble;

  constructor(
    private readonly store: Pick<ViolationStore, 'changedLast' | 'setSnapshot'>,
    private readonly captures: CaptureStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Answers whether pictures are still to come. */
  async look(): Promise<boolean> {
    const now = this.clock().getTime();
    const latest = await this.store.changedLast(LOOKED_AT);
    const open = latest.filter(({ fields }) => now - fields.timestamp.getTime() < IN_TIME_MS);
    for (const id of this.complete) if (!open.some(({ fields }) => fields.id === id)) this.complete.delete(id);
    let more = false;
    for (const violation of open) {
      const { id, timestamp } = violation.fields;
      if (this.complete.has(id)) continue;
      const isOver = now > timestamp.getTime() + AROUND_MS + SETTLED_MS;
      await this.keep(violation);
      if (isOver) this.complete.add(id);
      else more = true;
    }
    return more;
  }

  /** A disk that takes no pictures must not hold up anything else: it is said once, and shown in the health. */
  private async keep(violation: Violation): Promise<void> {
    const { snapshotPath } = violation.fields;
    const moment = momentOf(violation);
    try {
      await this.captures.keep(moment, AROUND_MS);
      if (snapshotPath === null) await this.name(moment);
      this.trouble = undefined;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      const trouble = error instanceof Error ? error.message : String(error);
      if (this.trouble === undefined) this.log.error('pictures of violations cannot be kept', { error });
      this.trouble = trouble;
    }
  }

  /** Names the picture of the moment, if there is one. */
  private async name(moment: Moment): Promise<void> {
    const at = moment.at.getTime();
    const near = nearest(await this.captures.times(moment), at);
    if (near === undefined || Math.abs(near - at) > OF_THE_MOMENT_MS) return;
    await this.store.setSnapshot(moment.violationId, this.captures.pathOf(moment), this.clock());
  }
}
