import { type Event, type ViolationTypes, violationTypeOf } from '../shared/event';
import { type Json, type JsonObject, isJsonObject } from '../shared/json';

const PATH = 500;

/** The violation that an event opens, as it is created. It is pending until it is handled. */
export interface OpenedViolation {
  readonly violationType: string;
  /** 0 to 1. */
  readonly confidence: number | null;
  readonly snapshotPath: string | null;
  /** `x`, `y`, `width`, `height` in pixels. */
  readonly bbox: JsonObject | null;
}

/** The violation that an event opens, if its type is a violation. */
export function openedBy({ type, evidence }: Event, types: ViolationTypes): OpenedViolation | undefined {
  const violationType = violationTypeOf(type, types);
  if (violationType === undefined) return undefined;
  const { confidence, snapshot_path: snapshot, bbox } = evidence ?? {};
  return {
    violationType,
    confidence: typeof confidence === 'number' ? confidence : null,
    snapshotPath: typeof snapshot === 'string' ? snapshot.slice(0, PATH) : null,
    bbox: boxOf(bbox),
  };
}

/** Detectors write a box as an object, or as its corners `[x1, y1, x2, y2]`. */
function boxOf(bbox: Json | undefined): JsonObject | null {
  if (isJsonObject(bbox)) return bbox;
  if (!Array.isArray(bbox)) return null;
  const [x1, y1, x2, y2]: readonly Json[] = bbox;
  const corners = [x1, y1, x2, y2].filter((n) => typeof n === 'number');
  const [left, top, right, bottom] = corners;
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) return null;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
