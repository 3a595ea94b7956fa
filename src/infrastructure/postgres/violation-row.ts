import { Violation, type ViolationStatus } from '../../domain/records/violation';
import { FIRST_VERIFICATION_VIOLATION } from '../../domain/shared/verification';
import type { JsonObject } from '../../domain/shared/json';

/** A row of `violation_events`. */
export interface ViolationRow {
  readonly id: number;
  readonly camera_id: string;
  readonly timestamp: Date;
  readonly violation_type: string;
  readonly track_id: number | null;
  readonly confidence: number | null;
  readonly status: ViolationStatus;
  readonly snapshot_path: string | null;
  readonly bbox: JsonObject | null;
  readonly handled_at: Date | null;
  readonly handled_by: string | null;
  readonly notes: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Not those of a verification of the rollout. */
export const OF_THE_SITE = `violation_events.id < ${FIRST_VERIFICATION_VIOLATION}`;

/** The columns of a row; its whole numbers are small enough to be numbers. */
export const VIOLATION_COLUMNS = `id::float8 AS id, camera_id, timestamp, violation_type, track_id::float8 AS track_id,
  confidence, status, snapshot_path, bbox, handled_at, handled_by, notes, version, created_at, updated_at`;

export const violationOf = (row: ViolationRow): Violation =>
  Violation.restore({
    id: row.id,
    cameraId: row.camera_id,
    timestamp: row.timestamp,
    violationType: row.violation_type,
    trackId: row.track_id,
    confidence: row.confidence,
    status: row.status,
    snapshotPath: row.snapshot_path,
    bbox: row.bbox,
    handledAt: row.handled_at,
    handledBy: row.handled_by,
    notes: row.notes,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
