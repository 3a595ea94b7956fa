import { type Json, sameJson } from '../shared/json';
import type { Camera } from './camera';
import type { CameraFields } from './camera-rules';

export interface FieldChange {
  readonly field: string;
  /** Absent when the field was not written. */
  readonly before?: Json;
  /** Absent when the field is no longer written. */
  readonly after?: Json;
}

/** What happened to one camera between two revisions. */
export interface CameraChange {
  readonly id: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly fields: readonly FieldChange[];
}

export const idOf = (fields: CameraFields): string => String(fields.id);

export const byId = (cameras: readonly CameraFields[]): Map<string, CameraFields> =>
  new Map(cameras.map((c) => [idOf(c), c]));

function fieldChanges(before: CameraFields, after: CameraFields): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !sameJson(before[field], after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** The changes that lead from one configuration to the next, in the order of the next; removals last. */
export function changesBetween(before: readonly CameraFields[], after: readonly CameraFields[]): CameraChange[] {
  const old = byId(before);
  const kept = byId(after);
  const present = after.flatMap((camera): CameraChange[] => {
    const id = idOf(camera);
    const was = old.get(id);
    if (was === camera) return [];
    const fields = fieldChanges(was ?? {}, camera);
    return fields.length === 0 ? [] : [{ id, kind: was ? 'changed' : 'added', fields }];
  });
  const removed = before
    .filter((camera) => !kept.has(idOf(camera)))
    .map((camera): CameraChange => ({ id: idOf(camera), kind: 'removed', fields: fieldChanges(camera, {}) }));
  return [...present, ...removed];
}

/**
 * The cameras for a list of fields: known ones keep their times, changed ones get a new `updated_at`, new ones both.
 */
export function reconcile(
  before: readonly Camera[],
  after: readonly CameraFields[],
  born: (fields: CameraFields) => Camera,
  now: Date,
): Camera[] {
  const known = new Map(before.map((c) => [c.id, c]));
  return after.map((fields) => known.get(idOf(fields))?.with(fields, now) ?? born(fields));
}

/** The configuration before a list of changes; the order of cameras that come back is not restored. */
export function undo(cameras: readonly CameraFields[], changes: readonly CameraChange[]): CameraFields[] {
  const state = byId(cameras);
  for (const change of changes) {
    const fields: Record<string, Json> = { ...state.get(change.id) };
    for (const { field, before } of change.fields) {
      if (before === undefined) delete fields[field];
      else fields[field] = before;
    }
    if (change.kind === 'added') state.delete(change.id);
    else state.set(change.id, fields);
  }
  return [...state.values()];
}
