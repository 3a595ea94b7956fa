import type { Detection } from '../../domain/events/detection';
import type { OpenedViolation } from '../../domain/events/opened-violation';
import type { Event } from '../../domain/shared/event';
import type { Reject } from './journal';

/** An event, and the violation that it opens. */
export interface IncomingEvent {
  readonly event: Event;
  readonly violation?: OpenedViolation;
}

/** The range of a journal file that was read, in bytes; `from` is the position in the table. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The content of a range of a journal file. */
export interface Batch extends Stretch {
  readonly file: string;
  readonly name: string;
  readonly events: readonly IncomingEvent[];
  readonly detections: readonly Detection[];
  /** How many events each verification of the rollout sent; only these numbers are stored, not the events. */
  readonly verifications: ReadonlyMap<string, number>;
  readonly rejected: number;
  /** A hash of the bytes right before `to`. */
  readonly tail: string;
}

/** How far a file was ingested. */
export interface Reached {
  readonly position: number;
  /** A hash of the bytes right before that position at that time; null where it was not stored. */
  readonly tail: string | null;
}

/** The result of a batch. */
export type Taken =
  | {
      readonly stored: number;
      readonly duplicates: number;
      /** Events that the database refuses as they are, now and later. */
      readonly refused: readonly Reject[];
    }
  /** Another service has ingested that range. */
  | 'moved';

/** The store of events. */
export interface EventIntake {
  /** How far each file was ingested. */
  positions(): Promise<ReadonlyMap<string, Reached>>;
  /**
   * Stores a batch, its sums, its violations and the new position, all or nothing; an event whose id is stored already
   * is left out. Throws `database.unavailable`.
   */
  store(batch: Batch): Promise<Taken>;
}
