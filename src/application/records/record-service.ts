import { type Period, periodOf } from '../../domain/records/period';
import { type Violation, readHandling, violationNotFound } from '../../domain/records/violation';
import { DomainError } from '../../domain/shared/domain-error';
import { DAY_MS, utcTime } from '../../domain/shared/time';
import { csv } from '../shared/csv';
import type { Clock } from '../shared/log';
import type { Media } from '../shared/media';
import type { CameraDirectory, DetectionReports } from './record-source';
import { NO_REPORTS, analyticsOf, plus, totalsOf } from './record-totals';
import type {
  CameraPeriod,
  RecordHealth,
  RecordsPort,
  StatusChange,
  StatusChanges,
  ViolationFilter,
  ViolationKey,
  ViolationQuery,
  ViolationView,
} from './records-port';
import type { ViolationConditions, ViolationOrder, ViolationPlace, ViolationStore } from './violation-store';

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

export const conditionsOf = ({ camera_id, status, violation_type, ...more }: ViolationFilter): ViolationConditions => ({
  ...(camera_id ? { cameraId: camera_id } : {}),
  ...(status ? { status } : {}),
  ...(violation_type ? { violationType: violation_type } : {}),
  ...(more.handled_by ? { handledBy: more.handled_by } : {}),
  ...(more.min_confidence === undefined ? {} : { minConfidence: more.min_confidence }),
  ...(more.from ? { from: new Date(utcTime(more.from)) } : {}),
  ...(more.to ? { to: new Date(utcTime(more.to)) } : {}),
});

export const orderOf = (order: string | undefined): ViolationOrder => (order === 'oldest' ? 'oldest' : 'newest');

/** The position after the last violation of a full page, for the next page. */
export function cursorOf(page: readonly ViolationView[], limit: number): string | null {
  const last = page.at(-1);
  return last && page.length === limit ? `${last.timestamp}_${last.id}` : null;
}

/** @throws DomainError `violation.cursor_invalid` */
export function pagePlaceOf(cursor: string): ViolationPlace {
  const [time = '', id = ''] = cursor.split('_');
  const timestamp = new Date(utcTime(time));
  if (!Number.isNaN(timestamp.getTime()) && /^\d{1,15}$/.test(id)) return { timestamp, id: Number(id) };
  throw new DomainError('violation.cursor_invalid', 'Take the cursor from next_cursor of the page before.');
}

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
const violationsCsv = (store: ViolationStore, conditions: ViolationConditions): Media =>
  csv('violations', COLUMNS, all(store, conditions), row);

async function* all(store: ViolationStore, conditions: ViolationConditions): AsyncIterable<Violation> {
  let last: ViolationPlace | undefined;
  for (;;) {
    const page = await store.page(conditions, { limit: PAGE, after: last });
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

/** Violations and how they are handled; detection reports and their sums. */
export class RecordService implements RecordsPort {
  constructor(
    private readonly store: ViolationStore,
    private readonly reports: DetectionReports,
    private readonly cameras: CameraDirectory,
    private readonly clock: Clock,
  ) {}

  async violations({ limit, offset, cursor, order, ...filter }: ViolationQuery) {
    const conditions = conditionsOf(filter);
    const place = cursor ? pagePlaceOf(cursor) : undefined;
    const [page, total] = await Promise.all([
      this.store.page(conditions, { limit, offset: place ? 0 : offset, after: place, order: orderOf(order) }),
      this.store.count(conditions),
    ]);
    const violations = page.map(violationView);
    return { violations, total, limit, offset, next_cursor: cursorOf(violations, limit) };
  }

  async violation({ violation_id: id }: ViolationKey) {
    const violation = await this.store.find(id);
    if (!violation) throw violationNotFound(id);
    return violationView(violation);
  }

  async changes({ violation_id: id }: ViolationKey) {
    const changes = await this.store.trail(id);
    if (changes.length === 0 && !(await this.store.find(id))) throw violationNotFound(id);
    return { changes };
  }

  async exportViolations(filter: ViolationFilter) {
    return violationsCsv(this.store, conditionsOf(filter));
  }

  async setStatus({ violation_id: id, ...sent }: StatusChange) {
    const handling = readHandling(sent);
    const now = this.clock();
    const { violations } = await this.store.change([id], (violation) => violation.handle(handling, now));
    const [changed] = violations;
    if (!changed) throw violationNotFound(id);
    const { status, version } = changed.fields;
    return { ok: true as const, violation_id: id, status, version };
  }

  async setStatuses({ violation_ids, ...sent }: StatusChanges) {
    const handling = readHandling(sent);
    const now = this.clock();
    const { violations, unknown } = await this.store.change(violation_ids, (v) => v.handle(handling, now));
    return { ok: true as const, updated: violations.map((v) => v.fields.id), not_found: unknown };
  }

  async summary({ period: name }: { readonly period: string }) {
    const period = periodOf(name, this.clock());
    const [ids, sums] = await Promise.all([this.cameras.ids(), this.reports.sums(period)]);
    const cameras = [...new Set([...ids, ...sums.keys()])].map((id) => [id, sums.get(id) ?? NO_REPORTS] as const);
    return {
      period: name,
      ...timesOf(period),
      cameras: Object.fromEntries(cameras.map(([id, ofCamera]) => [id, totalsOf(ofCamera)])),
      total: totalsOf([...sums.values()].reduce(plus, NO_REPORTS)),
    };
  }

  async cameraStatistics({ camera_id: id, period: name, start_time: start, end_time: end }: CameraPeriod) {
    const now = this.clock();
    // One bound alone is not enough: then the period applies, as it always did.
    const period = start && end ? { from: utcTime(start), to: utcTime(end) } : periodOf(name, now);
    const [info, byCamera, lastDay] = await Promise.all([
      this.cameras.info(id),
      this.reports.sums(period, id),
      this.reports.countSince(id, now.getTime() - DAY_MS),
    ]);
    const sums = byCamera.get(id) ?? NO_REPORTS;
    const statistics = {
      ...totalsOf(sums),
      camera_info: info ?? null,
      detection_count_24h: lastDay,
      ...analyticsOf(sums),
    };
    return { camera_id: id, ...timesOf(period), period: name, statistics };
  }

  async detectionRecords(query: { readonly camera_id: string; readonly limit: number; readonly offset: number }) {
    const { camera_id: id, limit, offset } = query;
    const [records, total] = await Promise.all([this.reports.page(id, limit, offset), this.reports.count(id)]);
    return { records, total, camera_id: id, limit, offset };
  }

  async health(): Promise<RecordHealth> {
    const error = await this.reports.trouble();
    if (error) return { status: 'unhealthy', database: 'disconnected', error };
    return { status: 'healthy', database: 'connected' };
  }
}

const timesOf = ({ from, to }: Period) => ({
  start_time: new Date(from).toISOString(),
  end_time: new Date(to).toISOString(),
});
