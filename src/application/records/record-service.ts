import { type Period, periodOf } from '../../domain/records/period';
import { readHandling, violationNotFound } from '../../domain/records/violation';
import { utcTime } from '../../domain/shared/utc-time';
import type { Clock } from '../shared/log';
import { analyticsOf, NO_REPORTS, plus, totalsOf } from './record-totals';
import type { CameraDirectory, DetectionReports } from './record-source';
import type {
  CameraPeriod,
  RecordHealth,
  RecordsPort,
  StatusChange,
  StatusChanges,
  ViolationFilter,
  ViolationKey,
  ViolationQuery,
} from './records-port';
import { violationsCsv } from './violation-csv';
import type { ViolationStore } from './violation-store';
import { conditionsOf, cursorOf, placeOf, violationView } from './violation-views';

const DAY_MS = 86_400_000;

/** Violations and what is done about them; detection reports and their sums. */
export class RecordService implements RecordsPort {
  constructor(
    private readonly store: ViolationStore,
    private readonly reports: DetectionReports,
    private readonly cameras: CameraDirectory,
    private readonly clock: Clock,
  ) {}

  async violations({ limit, offset, cursor, ...filter }: ViolationQuery) {
    const conditions = conditionsOf(filter);
    const place = cursor ? placeOf(cursor) : undefined;
    const [page, total] = await Promise.all([
      this.store.page(conditions, limit, place ? 0 : offset, place),
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
    // One bound alone says nothing about the other: then the period counts, as it always did.
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
