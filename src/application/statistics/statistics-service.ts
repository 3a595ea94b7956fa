import { eventView } from '../../domain/shared/event';
import type { ViolationTypes } from '../../domain/shared/violation-types';
import { kindsOf } from '../../domain/statistics/event-kinds';
import { lastDates } from '../../domain/statistics/local-days';
import type { Stretch } from '../../domain/statistics/window-cover';
import { askedWindow } from '../shared/asked-window';
import type { EventHistory } from '../shared/event-history';
import type { Clock } from '../shared/log';
import type { Counts, DailyQuery, EventQuery, StatisticsPort, SummaryQuery } from './statistics-port';
import type { SiteActivity, StatisticsSource } from './statistics-source';
import { historyItem, statisticsEvent } from './statistics-views';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RECENT_VIOLATIONS = 5;

export interface StatisticsSettings {
  readonly violationTypes: ViolationTypes;
  /** Whose days are counted. */
  readonly zone: string;
  readonly startedAt: Date;
}

/** Statistics of events, from wherever the events and their sums are read. */
export class StatisticsService implements StatisticsPort {
  constructor(
    private readonly source: StatisticsSource,
    private readonly recorded: Pick<EventHistory, 'newest'>,
    private readonly site: SiteActivity,
    private readonly settings: StatisticsSettings,
    private readonly clock: Clock,
  ) {}

  async realtime() {
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

  async summary({ minutes, limit, camera_id: cameraId }: SummaryQuery) {
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

  async daily({ days, camera_id: cameraId }: DailyQuery) {
    const dates = lastDates(this.clock().getTime(), days, this.settings.zone);
    const counted = await this.source.daily(dates, cameraId);
    return dates.map((date) => {
      const counts = counted.get(date) ?? {};
      return { date, total_events: total(counts), counts_by_type: counts };
    });
  }

  async events({ event_type: type, camera_id, limit, ...asked }: EventQuery) {
    const now = this.clock();
    const { from, to = upToNow(now, 0).to } = askedWindow(asked, now);
    const events = await this.recorded.newest({ from, to, ...ofCamera(camera_id), ...(type ? { type } : {}) }, limit);
    return { events: events.map(statisticsEvent), total: events.length };
  }

  async history({ minutes, limit, camera_id }: SummaryQuery) {
    const window = upToNow(this.clock(), minutes);
    const [events, names] = await Promise.all([
      this.recorded.newest({ ...window, ...ofCamera(camera_id) }, limit),
      this.site.names(),
    ]);
    return events.map((event) => historyItem(event, names));
  }
}

/**
 * The last minutes, and a little more than up to now: clocks of cameras run ahead, and what they report is there. Its end
 * is a whole minute, for which sums are kept.
 */
function upToNow(now: Date, minutes: number): Stretch {
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
