import type { Detection } from '../../domain/events/detection';
import type { OpenedViolation } from '../../domain/events/opened-violation';
import type { Event } from '../../domain/shared/event';
import type { Reject } from './journal';

/** An event, and the violation that it opens. */
export interface IncomingEvent {
  readonly event: Event;
  readonly violation?: OpenedViolation;
}

/** From where to where a journal file was read, in bytes; `from` is the position in the table. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A stretch of a journal file, read. */
export interface Batch extends Stretch {
  readonly file: string;
  readonly name: string;
  readonly events: readonly IncomingEvent[];
  readonly detections: readonly Detection[];
  /** How many events each verification of the rollout sent; of them no more than the number is stored. */
  readonly verifications: ReadonlyMap<string, number>;
  readonly rejected: number;
  /** A hash of what stands right before `to`. */
  readonly tail: string;
}

/** How far a file was taken in. */
export interface Reached {
  readonly position: number;
  /** A hash of what stood right before it then; null where that was not noted. */
  readonly tail: string | null;
}

/** What became of a batch. */
export type Taken =
  | {
      readonly stored: number;
      readonly duplicates: number;
      /** What the database will not have as it is, now or later. */
      readonly refused: readonly Reject[];
    }
  /** Somebody else has taken in that stretch. */
  | 'moved';

/** Where events are kept. */
export interface EventIntake {
  /** How far each file was taken in. */
  positions(): Promise<ReadonlyMap<string, Reached>>;
  /**
   * Stores a batch, its sums, its violations and the new position, all or nothing; an event whose id is there is left
   * out. Throws `database.unavailable`.
   */
  store(batch: Batch): Promise<Taken>;
}
