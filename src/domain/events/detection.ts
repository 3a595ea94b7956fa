import type { Event } from '../shared/event';
import type { Json } from '../shared/json';

/** The type of journal lines that are detection reports. */
export const DETECTION = 'detection';

const MOST = 2_000_000_000;

/** What a detector counted since its last report. */
export interface Detection {
  readonly id: string;
  readonly ts: number;
  readonly cameraId: string;
  readonly frameNumber: number | null;
  /** Frames that the report covers. */
  readonly frames: number;
  readonly persons: number;
  readonly hairnetViolations: number;
  readonly handwashEvents: number;
  readonly sanitizeEvents: number;
  /** Mean confidence, 0 to 1. */
  readonly confidence: number | null;
  /** Frames per second. */
  readonly fps: number | null;
  /** Seconds per frame. */
  readonly processingTime: number | null;
}

/** The report in an event of type `detection`; a number that is missing or makes no sense counts as not reported. */
export function detectionOf({ id, ts, cameraId, evidence }: Event): Detection {
  const of = evidence ?? {};
  return {
    id,
    ts,
    cameraId,
    frameNumber: whole(of.frame_number),
    frames: whole(of.frames) ?? 1,
    persons: whole(of.person_count) ?? 0,
    hairnetViolations: whole(of.hairnet_violations) ?? 0,
    handwashEvents: whole(of.handwash_events) ?? 0,
    sanitizeEvents: whole(of.sanitize_events) ?? 0,
    confidence: amount(of.confidence),
    fps: amount(of.fps),
    processingTime: amount(of.processing_time),
  };
}

const amount = (value: Json | undefined): number | null =>
  typeof value === 'number' && value >= 0 && value <= MOST ? value : null;

const whole = (value: Json | undefined): number | null => {
  const n = amount(value);
  return n === null ? null : Math.round(n);
};
