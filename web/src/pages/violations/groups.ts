import type { Violation } from '../../api/generated';

/** Alike: one camera, one type, and one track or close after each other. One look decides them all. */
export interface Group {
  readonly items: readonly Violation[];
}

const CLOSE_MS = 60_000;

export function grouped(violations: readonly Violation[]): readonly Group[] {
  const groups: Violation[][] = [];
  const open = new Map<string, Violation[]>();
  for (const violation of violations) {
    const kind = `${violation.camera_id}\n${violation.violation_type}`;
    const group = open.get(kind);
    const last = group?.at(-1);
    const sameTrack = last?.track_id !== null && last?.track_id === violation.track_id;
    const isClose = last && Math.abs(Date.parse(last.timestamp) - Date.parse(violation.timestamp)) <= CLOSE_MS;
    if (group && (sameTrack || isClose)) group.push(violation);
    else {
      const fresh = [violation];
      groups.push(fresh);
      open.set(kind, fresh);
    }
  }
  return groups.map((items) => ({ items }));
}
