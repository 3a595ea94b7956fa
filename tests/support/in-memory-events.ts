import type { Batch, EventIntake, Reached, Stretch, Taken } from '../../src/application/events/event-intake';
import type { DetectionReports } from '../../src/application/records/record-source';
import { NO_REPORTS, type ReportSums, plus } from '../../src/application/records/record-totals';
import type { DetectionRecord, ViolationChange } from '../../src/application/records/records-port';
import type {
  Changed,
  TallyBy,
  ViolationConditions,
  ViolationPlace,
  ViolationStore,
} from '../../src/application/records/violation-store';
import { currentCall, noteChange } from '../../src/application/shared/call-context';
import type { EventFilter, EventHistory } from '../../src/application/shared/event-history';
import type { SiteActivity, StatisticsSource } from '../../src/application/statistics/statistics-service';
import type { Counts } from '../../src/application/statistics/statistics-views';
import type { Detection } from '../../src/domain/events/detection';
import type { Period } from '../../src/domain/records/period';
import { Violation } from '../../src/domain/records/violation';
import { type Event, newestFirst } from '../../src/domain/shared/event';
import { FIRST_VERIFICATION_VIOLATION } from '../../src/domain/shared/verification';
import { localDate } from '../../src/domain/statistics/window-cover';
import { groupBy } from './group-by';

const HOUR_MS = 3_600_000;

/** The tables of the events: what was ingested, and the violations that events opened. */
export class EventRows {
  /** In the order in which they were ingested. */
  readonly events: Event[] = [];
  readonly detections: Detection[] = [];
  violations: readonly Violation[] = [];
  trail: readonly (ViolationChange & { readonly of: number })[] = [];
  readonly positions = new Map<string, Reached>();
  /** Events that each verification of the rollout sent. */
  readonly verifications = new Map<string, number>();

  isKnown(id: string): boolean {
    return this.events.some((event) => event.id === id) || this.detections.some((report) => report.id === id);
  }
}

/** The intake of events without a database. */
export class InMemoryEventIntake implements EventIntake {
  constructor(private readonly rows: EventRows) {}

  async positions(): Promise<ReadonlyMap<string, Reached>> {
    return new Map(this.rows.positions);
  }

  async store({ file, from, to, tail, events, detections, verifications }: Batch): Promise<Taken> {
    if ((this.rows.positions.get(file)?.position ?? 0) !== from) return 'moved';
    this.rows.positions.set(file, { position: to, tail });
    for (const [id, sent] of verifications)
      this.rows.verifications.set(id, (this.rows.verifications.get(id) ?? 0) + sent);
    const news = events.filter(({ event }) => !this.rows.isKnown(event.id));
    const reports = detections.filter(({ id }) => !this.rows.isKnown(id));
    this.rows.events.push(...news.map(({ event }) => event));
    this.rows.detections.push(...reports);
    for (const { event, violation } of news) if (violation) this.open(event, violation);
    const stored = news.length + reports.length;
    return { stored, duplicates: events.length + detections.length - stored, refused: [] };
  }

  private open(
    { cameraId, ts, trackId }: Event,
    opened: Pick<Violation['fields'], 'violationType' | 'confidence' | 'snapshotPath' | 'bbox'>,
  ): void {
    const now = new Date();
    const violation = Violation.restore({
      id: this.rows.violations.length + 1,
      cameraId,
      timestamp: new Date(ts * 1_000),
      trackId,
      ...opened,
      status: 'pending',
      handledAt: null,
      handledBy: null,
      notes: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    this.rows.violations = [...this.rows.violations, violation];
  }
}

const within = (ts: number, { from, to }: { readonly from: number; readonly to?: number }): boolean =>
  ts * 1_000 >= from && (to === undefined || ts * 1_000 < to);

/** Events without a database. */
export class InMemoryEvents implements EventHistory {
  constructor(private readonly rows: EventRows) {}

  async newest(filter: EventFilter, limit: number): Promise<readonly Event[]> {
    return this.found(filter).slice(0, limit);
  }

  async *all(filter: EventFilter): AsyncIterable<Event> {
    yield* this.found(filter);
  }

  async known(events: readonly Event[]): Promise<ReadonlySet<string>> {
    return new Set(events.map(({ id }) => id).filter((id) => this.rows.isKnown(id)));
  }

  private found({ type, cameraId, ...window }: EventFilter): Event[] {
    return this.rows.events
      .filter((event) => within(event.ts, window))
      .filter((event) => type === undefined || event.type === type)
      .filter((event) => cameraId === undefined || event.cameraId === cameraId)
      .sort(newestFirst);
  }
}

/** Counts of events without a database. */
export class InMemoryStatistics implements StatisticsSource {
  private readonly dateOf: (ms: number) => string;

  constructor(
    private readonly rows: EventRows,
    zone: string,
  ) {
    this.dateOf = localDate(zone);
  }

  async counts(window: Stretch, cameraId?: string): Promise<Counts> {
    return countsOf(this.of(cameraId).filter(({ ts }) => within(ts, window)));
  }

  async daily(dates: readonly string[], cameraId?: string): Promise<ReadonlyMap<string, Counts>> {
    const byDate = groupBy(this.of(cameraId), ({ ts }) => this.dateOf(ts * 1_000));
    return new Map(dates.flatMap((date) => (byDate.has(date) ? [[date, countsOf(byDate.get(date) ?? [])]] : [])));
  }

  private of(cameraId: string | undefined): Event[] {
    return this.rows.events.filter((event) => cameraId === undefined || event.cameraId === cameraId);
  }
}

const countsOf = (events: readonly Event[]): Counts =>
  Object.fromEntries([...groupBy(events, ({ type }) => type)].map(([type, some]) => [type, some.length]));

/** Detection reports without a database. */
export class InMemoryDetectionReports implements DetectionReports {
  /** Why nothing answers, if nothing does. */
  why: string | undefined;

  constructor(private readonly rows: EventRows) {}

  async sums({ from, to }: Period, cameraId?: string): Promise<ReadonlyMap<string, ReportSums>> {
    const hourOf = (ts: number) => Math.floor((ts * 1_000) / HOUR_MS) * HOUR_MS;
    const found = this.rows.detections
      .filter(({ ts }) => hourOf(ts) >= from && hourOf(ts) < to)
      .filter((report) => cameraId === undefined || report.cameraId === cameraId)
      .sort((a, b) => (a.cameraId < b.cameraId ? -1 : 1));
    const byCamera = groupBy(found, (report) => report.cameraId);
    return new Map([...byCamera].map(([id, reports]) => [id, reports.map(sumsOf).reduce(plus, NO_REPORTS)]));
  }

  async countSince(cameraId: string, from: number): Promise<number> {
    return this.of(cameraId).filter(({ ts }) => within(ts, { from })).length;
  }

  async page(cameraId: string, limit: number, offset: number): Promise<readonly DetectionRecord[]> {
    const newest = this.of(cameraId).sort((a, b) => b.ts - a.ts);
    return newest.slice(offset, offset + limit).map((report) => ({
      id: this.rows.detections.indexOf(report) + 1,
      camera_id: report.cameraId,
      timestamp: new Date(report.ts * 1_000).toISOString(),
      frame_number: report.frameNumber ?? 0,
      person_count: report.persons,
      hairnet_violations: report.hairnetViolations,
      handwash_events: report.handwashEvents,
      sanitize_events: report.sanitizeEvents,
      fps: report.fps,
      processing_time: report.processingTime,
    }));
  }

  async count(cameraId: string): Promise<number> {
    return this.of(cameraId).length;
  }

  async trouble(): Promise<string | undefined> {
    return this.why;
  }

  private of(cameraId: string): Detection[] {
    return this.rows.detections.filter((report) => report.cameraId === cameraId);
  }
}

const sumsOf = ({ persons, frames, confidence, fps, processingTime, ...report }: Detection): ReportSums => ({
  records: 1,
  frames,
  persons,
  hairnetViolations: report.hairnetViolations,
  handwashEvents: report.handwashEvents,
  sanitizeEvents: report.sanitizeEvents,
  fpsSum: fps ?? 0,
  fpsRecords: fps === null ? 0 : 1,
  confidenceSum: confidence ?? 0,
  confidenceRecords: confidence === null ? 0 : 1,
  processingTimeSum: processingTime ?? 0,
  processingTimeRecords: processingTime === null ? 0 : 1,
  minProcessingTime: processingTime,
  maxProcessingTime: processingTime,
});

/** Violations without a database. */
export class InMemoryViolations implements ViolationStore {
  constructor(private readonly rows: EventRows) {}

  async page(asked: ViolationConditions, limit: number, offset: number, after?: ViolationPlace): Promise<Violation[]> {
    const isBehind = ({ fields: { timestamp, id } }: Violation) => {
      const later = timestamp.getTime() - (after?.timestamp.getTime() ?? 0);
      return after === undefined || later < 0 || (later === 0 && id < after.id);
    };
    return this.found(asked)
      .filter(isBehind)
      .slice(offset, offset + limit);
  }

  async count(asked: ViolationConditions): Promise<number> {
    return this.found(asked).length;
  }

  async changedLast(limit: number): Promise<Violation[]> {
    const latest = this.found({}).toSorted(
      ({ fields: a }, { fields: b }) => b.updatedAt.getTime() - a.updatedAt.getTime() || b.id - a.id,
    );
    return latest.slice(0, limit);
  }

  async tally(by: TallyBy, asked: ViolationConditions): Promise<Readonly<Record<string, number>>> {
    const of = { status: 'status', camera: 'cameraId', type: 'violationType' } as const;
    const groups = groupBy(this.found(asked), ({ fields }) => fields[of[by]]);
    const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, found]) => [name, found.length]));
  }

  async find(id: number): Promise<Violation | undefined> {
    return this.rows.violations.find(({ fields }) => fields.id === id);
  }

  async change(ids: readonly number[], decide: (violation: Violation) => Violation): Promise<Changed> {
    const before = this.rows.violations
      .filter(({ fields }) => ids.includes(fields.id))
      .sort((a, b) => a.fields.id - b.fields.id);
    const violations = before.map(decide);
    const after = new Map(violations.map((violation) => [violation.fields.id, violation]));
    this.rows.violations = this.rows.violations.map((violation) => after.get(violation.fields.id) ?? violation);
    const call = currentCall();
    const by = { actor: call?.actor ?? 'anonymous', request_id: call?.requestId ?? '' };
    const changes = violations.map((violation, i) => {
      const { id: of, updatedAt } = violation.fields;
      const change = { before: handlingOf(before[i] ?? violation), after: handlingOf(violation) };
      return { of, at: updatedAt.toISOString(), ...by, ...change };
    });
    this.rows.trail = [...this.rows.trail, ...changes];
    noteChange({ violation_versions: Object.fromEntries(violations.map(({ fields }) => [fields.id, fields.version])) });
    return { violations, unknown: [...new Set(ids)].filter((id) => !after.has(id)) };
  }

  async setSnapshot(id: number, snapshotPath: string, updatedAt: Date): Promise<void> {
    this.rows.violations = this.rows.violations.map((violation) =>
      violation.fields.id === id && violation.fields.snapshotPath === null
        ? Violation.restore({ ...violation.fields, snapshotPath, updatedAt })
        : violation,
    );
  }

  async trail(id: number): Promise<ViolationChange[]> {
    return this.rows.trail.filter(({ of }) => of === id).map(({ of: _, ...change }) => change);
  }

  private found({ cameraId, status, violationType }: ViolationConditions): Violation[] {
    return this.rows.violations
      .filter(({ fields }) => fields.id < FIRST_VERIFICATION_VIOLATION)
      .filter(({ fields }) => cameraId === undefined || fields.cameraId === cameraId)
      .filter(({ fields }) => status === undefined || fields.status === status)
      .filter(({ fields }) => violationType === undefined || fields.violationType === violationType)
      .sort((a, b) => b.fields.timestamp.getTime() - a.fields.timestamp.getTime() || b.fields.id - a.fields.id);
  }
}

const handlingOf = ({ fields }: Violation) => ({
  status: fields.status,
  handled_by: fields.handledBy,
  notes: fields.notes,
  version: fields.version,
});

/** What is going on on the site, without a database. */
export class InMemorySiteActivity implements SiteActivity {
  constructor(
    private readonly rows: EventRows,
    readonly regions: SiteActivity['regions'],
    readonly names: SiteActivity['names'],
    readonly activeAlerts: SiteActivity['activeAlerts'],
  ) {}

  async detections(window: Stretch) {
    const reports = this.rows.detections.filter(({ ts }) => within(ts, window));
    const mean = (values: readonly (number | null)[]) => {
      const known = values.filter((value) => value !== null);
      return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    return {
      processingTime: mean(reports.map((report) => report.processingTime)),
      confidence: mean(reports.map((report) => report.confidence)),
    };
  }

  async violations(window: Stretch, limit: number) {
    return this.rows.violations
      .map(({ fields }) => fields)
      .filter(({ timestamp }) => within(timestamp.getTime() / 1_000, window))
      .filter(({ id }) => id < FIRST_VERIFICATION_VIOLATION)
      .sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime() || b.id - a.id)
      .slice(0, limit)
      .map(({ id, cameraId, violationType, timestamp }) => ({
        id,
        camera_id: cameraId,
        violation_type: violationType,
        timestamp: timestamp.toISOString(),
      }));
  }
}
