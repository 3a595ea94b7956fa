import type { Violation } from '../../domain/records/violation';
import { DomainError } from '../../domain/shared/domain-error';
import { utcTime } from '../../domain/shared/utc-time';
import type { ViolationFilter, ViolationView } from './records-port';
import type { ViolationConditions, ViolationPlace } from './violation-store';

export function violationView({ fields: v }: Violation): ViolationView {
  return {
    id: v.id,
    camera_id: v.cameraId,
    timestamp: v.timestamp.toISOString(),
    violation_type: v.violationType,
    track_id: v.trackId,
    confidence: v.confidence,
    status: v.status,
    snapshot_path: v.snapshotPath,
    bbox: v.bbox,
    handled_at: v.handledAt?.toISOString() ?? null,
    handled_by: v.handledBy,
    notes: v.notes,
    version: v.version,
    created_at: v.createdAt.toISOString(),
    updated_at: v.updatedAt.toISOString(),
  };
}

export const conditionsOf = ({ camera_id, status, violation_type }: ViolationFilter): ViolationConditions => ({
  ...(camera_id ? { cameraId: camera_id } : {}),
  ...(status ? { status } : {}),
  ...(violation_type ? { violationType: violation_type } : {}),
});

/** The place behind the last violation of a full page, for the next page. */
export function cursorOf(page: readonly ViolationView[], limit: number): string | null {
  const last = page.at(-1);
  return last && page.length === limit ? `${last.timestamp}_${last.id}` : null;
}

/** @throws DomainError `violation.cursor_invalid` */
export function placeOf(cursor: string): ViolationPlace {
  const [time = '', id = ''] = cursor.split('_');
  const timestamp = new Date(utcTime(time));
  if (!Number.isNaN(timestamp.getTime()) && /^\d{1,15}$/.test(id)) return { timestamp, id: Number(id) };
  throw new DomainError('invalid', 'violation.cursor_invalid', 'Take the cursor from next_cursor of the page before.');
}
