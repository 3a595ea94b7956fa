import { type Event, type ViolationTypes, eventView, violationTypeOf } from '../../domain/shared/event';
import { MINUTE_MS } from '../../domain/shared/time';
import { type TimeSpan, lastDates } from '../../domain/statistics/window-cover';
import { type EventHistory, requestedWindow } from '../shared/event-history';
import type { Clock } from '../shared/log';
import type {
  Counts,
  DailyQuery,
  Day,
  EventQuery,
  HistoryItem,
  Realtime,
  RecentViolation,
  StatisticsEvent,
  Summary,
  SummaryQuery,
} from './statistics-views';

/** The kinds of event that people count, whatever exactly the detector calls its events. */
interface EventKinds {
  readonly handwashing: number;
  readonly disinfection: number;
  readonly hairnet: number;
  readonly violations: number;
}

const HANDWASHING = /hand_?wash/i;
const DISINFECTION = /disinfect|saniti[sz]/i;
const HAIRNET = /hair_?net/i;

/** Sums counts by event type into kinds; an event may be of several kinds. */
function kindsOf(counts: Readonly<Record<string, number>>, types: ViolationTypes): EventKinds {
  const sum = (is: (type: string) => boolean) =>
    Object.entries(counts).reduce((total, [type, count]) => total + (is(type) ? count : 0), 0);
  return {
    handwashing: sum((type) => HANDWASHING.test(type)),
    disinfection: sum((type) => DISINFECTION.test(type)),
    hairnet: sum((type) => HAIRNET.test(type)),
    violations: sum((type) => violationTypeOf(type, types) !== undefined),
  };
}

/** The source of the numbers: stored sums in the tables, or the journal itself. */
export interface StatisticsSource {
  /** Events by type. */
  counts(window: TimeSpan, cameraId?: string): Promise<Counts>;
  /** Events by local day (`YYYY-MM-DD`) and type, of some successive days. */
  daily(dates: readonly string[], cameraId?: string): Promise<ReadonlyMap<string, Counts>>;
}

/** The state of the site, besides its events. */
export interface SiteActivity {
  /** Regions that active cameras watch, each once. */
  regions(): Promise<readonly string[]>;
  /** Names of cameras by their ids. */
  names(): Promise<ReadonlyMap<string, string>>;
  /** Means over the detection reports of a window; null when there are none. */
  detections(window: TimeSpan): Promise<{ readonly processingTime: number | null; readonly confidence: number | null }>;
  /** The newest violations of a window. */
  violations(window: TimeSpan, limit: number): Promise<readonly RecentViolation[]>;
  /** Number of alerts that are not resolved. */
  activeAlerts(): Promise<number>;
}

/** `event_type` and `camera_name` are fields that the old dashboard reads; no backend sent them. */
function statisticsEvent(event: Event, names: ReadonlyMap<string, string>): StatisticsEvent {
  const { id, ts, type, camera_id, track_id, evidence } = eventView(event);
  const confidence = evidence?.confidence;
  return {
    id,
    timestamp: new Date(ts * 1000).toISOString(),
    type,
    event_type: type,
    camera_id,
    camera_name: names.get(camera_id) ?? null,
    confidence: typeof confidence === 'number' ? confidence : 0,
    track_id,
    region: regionOf(event),
    metadata: evidence ?? {},
  };
}

const historyItem = (event: Event, names: ReadonlyMap<string, string>): HistoryItem => ({
  ts: event.ts,
  camera_id: event.cameraId,
  camera_name: names.get(event.cameraId) ?? null,
  type: event.type,
  event_type: event.type,
  track_id: event.trackId,
  region: regionOf(event),
  detail: event.evidence,
});

const regionOf = ({ evidence }: Event): string | null =>
  typeof evidence?.region === 'string' ? evidence.region : null;

const HOUR_MS = 60 * MINUTE_MS;
const RECENT_VIOLATIONS = 5;

interface StatisticsSettings {
  readonly violationTypes: ViolationTypes;
  /** Time zone of the daily sums. */
  readonly zone: string;
  readonly startedAt: Date;
}

/** Statistics of events, from wherever the events and their sums are read. */
export class StatisticsService {
  constructor(
    private readonly source: StatisticsSource,
    private readonly recorded: Pick<EventHistory, 'newest'>,
    private readonly site: SiteActivity,
    private readonly settings: StatisticsSettings,
    private readonly clock: Clock,
  ) {}

  async realtime(): Promise<Realtime> {
    const now = this.clock();
    const window = upToNow(now, 60);
    const [counts, regions, means, recent, activeAlerts] = await Promise.all([
      this.source.counts(window),
      this.site.regions(),
      this.site.detections(window),
      this.site.violations(window, RECENT_VIOLATIONS),
      this.site.activeAlerts(),
    ]);
    const kinds = kindsOf(counts, this.settings.violationTypes);
    return {
      timestamp: now.toISOString(),
      system_status: 'active' as const,
      detection_stats: {
        total_detections_today: total(counts),
        handwashing_detections: kinds.handwashing,
        disinfection_detections: kinds.disinfection,
        hairnet_detections: kinds.hairnet,
        violation_count: kinds.violations,
      },
      region_stats: { active_regions: regions.length, monitored_areas: regions },
      performance_metrics: {
        average_processing_time: means.processingTime ?? 0,
        detection_accuracy: means.confidence ?? 0,
        system_uptime: clockTime(now.getTime() - this.settings.startedAt.getTime()),
      },
      alerts: { active_alerts: activeAlerts, recent_violations: recent },
    };
  }

  async summary({ minutes, limit, camera_id: cameraId }: SummaryQuery): Promise<Summary> {
    const window = upToNow(this.clock(), minutes);
    const [counts, newest] = await Promise.all([
      this.source.counts(window, cameraId),
      this.recorded.newest({ ...window, ...ofCamera(cameraId) }, limit),
    ]);
    return {
      window_minutes: minutes,
      total_events: total(counts),
      counts_by_type: counts,
      samples: newest.map(eventView).reverse(),
    };
  }

  async daily({ days, camera_id: cameraId }: DailyQuery): Promise<readonly Day[]> {
    const dates = lastDates(this.clock().getTime(), days, this.settings.zone);
    const counted = await this.source.daily(dates, cameraId);
    return dates.map((date) => {
      const counts = counted.get(date) ?? {};
      return { date, total_events: total(counts), counts_by_type: counts };
    });
  }

  async events({ event_type: type, camera_id, limit, ...requested }: EventQuery) {
    const now = this.clock();
    const { from, to = upToNow(now, 0).to } = requestedWindow(requested, now);
    const wanted = { from, to, ...ofCamera(camera_id), ...(type ? { type } : {}) };
    const [events, names] = await Promise.all([this.recorded.newest(wanted, limit), this.site.names()]);
    return { events: events.map((event) => statisticsEvent(event, names)), total: events.length };
  }

  async history({ minutes, limit, camera_id }: SummaryQuery): Promise<readonly HistoryItem[]> {
    const window = upToNow(this.clock(), minutes);
    const [events, names] = await Promise.all([
      this.recorded.newest({ ...window, ...ofCamera(camera_id) }, limit),
      this.site.names(),
    ]);
    return events.map((event) => historyItem(event, names));
  }
}

/**
 * The last minutes, and a little beyond now: clocks of cameras run ahead, and their events are stored there. Its end is
 * a whole minute, for which sums are kept.
 */
function upToNow(now: Date, minutes: number): TimeSpan {
  const to = Math.ceil((now.getTime() + HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  return { from: now.getTime() - minutes * MINUTE_MS, to };
}

const ofCamera = (cameraId: string | undefined) => (cameraId ? { cameraId } : {});
const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
