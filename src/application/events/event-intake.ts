import type { Detection } from '../../domain/events/detection';
import type { OpenedViolation } from '../../domain/events/opened-violation';
import { type Event, eventView } from '../../domain/shared/event';
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

/** When a node had a camera; seconds since 1970. */
export interface Tenure {
  readonly camera: string;
  readonly from: number;
  /** Null where the node did not lose it: it has it still, or gave it back when its worker had ended. */
  readonly until: number | null;
}

const TOO_LATE = 'this node had lost the camera to another one when the event was recorded';

/**
 * Without what workers of a node recorded after it had lost their cameras: a machine that stood still cannot end them in
 * time, and another node has the camera by then. What they recorded before is counted, however late it comes.
 * `tenures`: of the cameras that it ever lost, oldest first.
 */
export function withoutLate({ events, detections }: Pick<Batch, 'events' | 'detections'>, tenures: readonly Tenure[]) {
  if (tenures.length === 0) return { events, detections, late: [] };
  const byCamera = new Map<string, Tenure[]>();
  for (const one of tenures) byCamera.set(one.camera, [...(byCamera.get(one.camera) ?? []), one]);
  const isLate = (camera: string, ts: number): boolean => {
    const until = byCamera.get(camera)?.findLast(({ from }) => from <= ts)?.until ?? null;
    return until !== null && ts > until;
  };
  const lateEvents = new Set(events.filter(({ event }) => isLate(event.cameraId, event.ts)));
  const lateReports = new Set(detections.filter(({ cameraId, ts }) => isLate(cameraId, ts)));
  const lines = [...[...lateEvents].map(lineOf), ...[...lateReports].map((report) => JSON.stringify(report))];
  return {
    events: events.filter((one) => !lateEvents.has(one)),
    detections: detections.filter((one) => !lateReports.has(one)),
    late: lines.map((line): Reject => ({ why: TOO_LATE, line })),
  };
}

/** As it was written. */
export const lineOf = ({ event }: IncomingEvent): string => JSON.stringify(eventView(event));
