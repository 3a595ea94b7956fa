import type { Batch, EventIntake, Reached, Stretch, Taken } from '../../src/application/events/event-intake';
import type { DetectionReports } from '../../src/application/records/record-source';
import { NO_REPORTS, type ReportSums, plus } from '../../src/application/records/record-totals';
import type { DetectionRecord, ViolationChange } from '../../src/application/records/records-port';
import type {
  ReviewClaim,
  CountedBy,
  ViolationGroup,
  ViolationQueueStore,
} from '../../src/application/records/violation-queue-service';
import type {
  Changed,
  ViolationSlice,
  ViolationConditions,
  ViolationStore,
} from '../../src/application/records/violation-store';
import { currentCall, noteChange } from '../../src/application/shared/call-context';
import type { EventFilter, EventHistory } from '../../src/application/shared/event-history';
import type { SeriesPoint, SeriesSource, SeriesSpan } from '../../src/application/statistics/series-service';
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

  async page(asked: ViolationConditions, slice: ViolationSlice): Promise<Violation[]> {
    const { limit, offset = 0, after, order = 'newest' } = slice;
    const found = order === 'newest' ? this.found(asked) : this.found(asked).reverse();
    const isBehind = ({ fields: { timestamp, id } }: Violation) => {
      if (after === undefined) return true;
      const later = timestamp.getTime() - after.timestamp.getTime() || id - after.id;
      return order === 'newest' ? later < 0 : later > 0;
    };
    return found.filter(isBehind).slice(offset, offset + limit);
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

  private found(asked: ViolationConditions): Violation[] {
    return this.rows.violations
      .filter((violation) => fits(violation, asked))
      .sort((a, b) => b.fields.timestamp.getTime() - a.fields.timestamp.getTime() || b.fields.id - a.fields.id);
  }
}

function fits({ fields: f }: Violation, asked: ViolationConditions): boolean {
  const { cameraId = f.cameraId, status = f.status, violationType = f.violationType, handledBy = f.handledBy } = asked;
  const { minConfidence, from, to } = asked;
  return (
    f.id < FIRST_VERIFICATION_VIOLATION &&
    f.cameraId === cameraId &&
    f.status === status &&
    f.violationType === violationType &&
    f.handledBy === handledBy &&
    (minConfidence === undefined || (f.confidence !== null && f.confidence >= minConfidence)) &&
    (from === undefined || f.timestamp >= from) &&
    (to === undefined || f.timestamp < to)
  );
}

/** The review of violations without a database; days are those of UTC. */
export class InMemoryViolationQueue implements ViolationQueueStore {
  private claimed: ReviewClaim[] = [];

  constructor(private readonly rows: EventRows) {}

  async counts(by: CountedBy, asked: ViolationConditions): Promise<Readonly<Record<string, number>>> {
    const begin = (at: Date, step: number) =>
      new Date(Math.floor(at.getTime() / step) * step).toISOString().replace('.000', '');
    const keys: Record<CountedBy, (v: Violation) => string> = {
      status: ({ fields }) => fields.status,
      camera: ({ fields }) => fields.cameraId,
      type: ({ fields }) => fields.violationType,
      hour: ({ fields }) => begin(fields.timestamp, HOUR_MS),
      day: ({ fields }) => begin(fields.timestamp, 24 * HOUR_MS),
    };
    const groups = groupBy(
      this.rows.violations.filter((violation) => fits(violation, asked)),
      keys[by],
    );
    const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([key, found]) => [key, found.length]));
  }

  async groups(asked: ViolationConditions, order: 'oldest' | 'newest', among: number): Promise<ViolationGroup[]> {
    const oldest = this.rows.violations
      .filter((violation) => fits(violation, asked))
      .sort((a, b) => a.fields.timestamp.getTime() - b.fields.timestamp.getTime() || a.fields.id - b.fields.id);
    const some = order === 'oldest' ? oldest.slice(0, among) : oldest.slice(-among);
    const lines = groupBy(some, ({ fields }) => JSON.stringify([fields.cameraId, fields.violationType]));
    const groups = [...lines.values()].flatMap((line) => splitLine(line)).map(groupOf);
    return groups.sort((a, b) =>
      order === 'oldest' ? a.from.getTime() - b.from.getTime() : b.to.getTime() - a.to.getTime(),
    );
  }

  async claim(ids: readonly number[], by: string, now: Date, until: Date): Promise<readonly ReviewClaim[]> {
    const held = (await this.claims(now)).filter((claim) => claim.by !== by && ids.includes(claim.violationId));
    const free = ids.filter((id) => !held.some(({ violationId }) => violationId === id));
    const others = this.claimed.filter(({ violationId }) => !free.includes(violationId));
    const known = free.filter((id) => this.rows.violations.some(({ fields }) => fields.id === id));
    this.claimed = [...others, ...known.map((violationId) => ({ violationId, by, expiresAt: until }))];
    return held;
  }

  async release(ids: readonly number[], by: string): Promise<void> {
    this.claimed = this.claimed.filter((claim) => claim.by !== by || !ids.includes(claim.violationId));
  }

  async claims(now: Date): Promise<readonly ReviewClaim[]> {
    return this.claimed.filter(({ expiresAt }) => expiresAt > now).sort((a, b) => a.violationId - b.violationId);
  }
}

/** Parts of a line of violations, oldest first, in which each belongs to the one before. */
function splitLine(line: readonly Violation[]): Violation[][] {
  const parts: Violation[][] = [];
  for (const violation of line) {
    const [part, last] = [parts.at(-1), parts.at(-1)?.at(-1)?.fields];
    const { timestamp, trackId } = violation.fields;
    const isNear = last && timestamp.getTime() - last.timestamp.getTime() <= 60_000;
    const isSame = last && trackId !== null && trackId === last.trackId;
    if (part && (isNear || isSame)) part.push(violation);
    else parts.push([violation]);
  }
  return parts;
}

function groupOf(part: readonly Violation[]): ViolationGroup {
  const [first, last] = [part[0]!.fields, part.at(-1)!.fields];
  const confidences = part.flatMap(({ fields }) => fields.confidence ?? []);
  return {
    cameraId: first.cameraId,
    violationType: first.violationType,
    trackId: part.every(({ fields }) => fields.trackId === first.trackId) ? first.trackId : null,
    from: first.timestamp,
    to: last.timestamp,
    confidence: confidences.length > 0 ? Math.max(...confidences) : null,
    ids: part.map(({ fields }) => fields.id),
  };
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

/** Series without a database. */
export class InMemorySeries implements SeriesSource {
  constructor(private readonly rows: EventRows) {}

  async series({ metric, bucket, by, from, to, zone, cameraId, type }: SeriesSpan): Promise<readonly SeriesPoint[]> {
    const all =
      metric === 'events'
        ? this.rows.events.map((event) => ({
            at: event.ts * 1_000,
            camera: event.cameraId,
            type: event.type,
            none: '',
          }))
        : this.rows.violations
            .filter((violation) => fits(violation, {}))
            .map(({ fields: f }) => ({
              at: f.timestamp.getTime(),
              camera: f.cameraId,
              type: f.violationType,
              none: '',
            }));
    const beginOf = (at: number) => beginOfBucket(at, bucket, zone);
    const found = all
      .filter((one) => one.at >= beginOf(from.getTime()) && one.at < to.getTime())
      .filter((one) => (cameraId ?? one.camera) === one.camera && (type ?? one.type) === one.type);
    const groups = groupBy(found, (one) => JSON.stringify([one[by], beginOf(one.at)]));
    return [...groups]
      .map(([text, ones]) => {
        const [key, at] = JSON.parse(text) as [string, number];
        return { key, at: new Date(at), count: ones.length };
      })
      .sort((a, b) => (a.key === b.key ? a.at.getTime() - b.at.getTime() : a.key < b.key ? -1 : 1));
  }
}

const BUCKET_MS = { '1m': 60_000, '15m': 900_000, '1h': HOUR_MS } as const;

function beginOfBucket(at: number, bucket: SeriesSpan['bucket'], zone: string): number {
  if (bucket !== '1d') return Math.floor(at / BUCKET_MS[bucket]) * BUCKET_MS[bucket];
  const dateOf = localDate(zone);
  // The first quarter of an hour of the same local date: no zone begins its day at another moment.
  let begin = Math.floor(at / 900_000) * 900_000;
  while (dateOf(begin - 900_000) === dateOf(at)) begin -= 900_000;
  return begin;
}
