import type { JsonObject } from './json';

/** Which event types are violations, and of which violation type; all others are none. */
export type ViolationTypes = Readonly<Record<string, string>>;

export const DEFAULT_VIOLATION_TYPES: ViolationTypes = {
  NO_HAIRNET_AT_SINK: 'no_hairnet',
  SKIP_DRYING: 'no_sanitize',
  INSUFFICIENT_DWELL_TIME: 'no_handwash',
  SEQUENCE_BROKEN: 'wrong_order',
  RESTRICTED_ENTERED: 'restricted_entered',
  OCCUPANCY_EXCEEDED: 'too_many_persons',
  DWELL_TOO_LONG: 'too_long',
  LABEL_MISSING: 'missing_equipment',
};

/** The violation type of an event type. An event type may have any name, `constructor` for example. */
export const violationTypeOf = (type: string, types: ViolationTypes): string | undefined =>
  Object.hasOwn(types, type) ? types[type] : undefined;

/** Something a detector saw. */
export interface Event {
  /** UUID; derived from the content, or from `externalId`, when none was sent. */
  readonly id: string;
  /** The id as it was sent, when it is no UUID. */
  readonly externalId: string | null;
  /** Seconds since 1970, to the microsecond. */
  readonly ts: number;
  readonly type: string;
  readonly cameraId: string;
  readonly trackId: number | null;
  readonly evidence: JsonObject | null;
}

/** An event as it stands in answers and in the journal. */
export interface EventView {
  readonly id: string;
  readonly ts: number;
  readonly type: string;
  readonly camera_id: string;
  readonly track_id: number | null;
  readonly evidence: JsonObject | null;
}

export const eventView = ({ id, externalId, ts, type, cameraId, trackId, evidence }: Event): EventView => ({
  id: externalId ?? id,
  ts,
  type,
  camera_id: cameraId,
  track_id: trackId,
  evidence,
});

/** Newest first; events of the same moment are in the order of their ids, so that every reader sees one order. */
export const newestFirst = (a: Event, b: Event): number => b.ts - a.ts || (a.id < b.id ? 1 : -1);
