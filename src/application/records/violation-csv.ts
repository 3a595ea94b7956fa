import type { Violation } from '../../domain/records/violation';
import { csv } from '../shared/csv';
import type { Media } from '../shared/media';
import type { ViolationConditions, ViolationPlace, ViolationStore } from './violation-store';
import { violationView } from './violation-views';

const PAGE = 1_000;
const COLUMNS = [
  'id',
  'time',
  'camera_id',
  'violation_type',
  'status',
  'track_id',
  'confidence',
  'handled_at',
  'handled_by',
  'notes',
  'snapshot_path',
];

/** Violations as a CSV file, newest first, one row each. */
export const violationsCsv = (store: ViolationStore, conditions: ViolationConditions): Media =>
  csv('violations', COLUMNS, all(store, conditions), row);

async function* all(store: ViolationStore, conditions: ViolationConditions): AsyncIterable<Violation> {
  let last: ViolationPlace | undefined;
  for (;;) {
    const page = await store.page(conditions, PAGE, 0, last);
    yield* page;
    last = page.at(-1)?.fields;
    if (page.length < PAGE) return;
  }
}

function row(violation: Violation): readonly (string | number | null)[] {
  const v = violationView(violation);
  const who = [v.handled_at, v.handled_by, v.notes, v.snapshot_path];
  return [v.id, v.timestamp, v.camera_id, v.violation_type, v.status, v.track_id, v.confidence, ...who];
}
