import type { Stretch } from '../../domain/statistics/window-cover';
import type { Counts, RecentViolation } from './statistics-port';

/** Where the numbers come from: sums that are kept in the tables, or the journal itself. */
export interface StatisticsSource {
  /** Events by type. */
  counts(window: Stretch, cameraId?: string): Promise<Counts>;
  /** Events by local day (`YYYY-MM-DD`) and type, of some days that follow each other. */
  daily(dates: readonly string[], cameraId?: string): Promise<ReadonlyMap<string, Counts>>;
}

/** What is going on on the site, besides its events. */
export interface SiteActivity {
  /** Regions that active cameras watch, each once. */
  regions(): Promise<readonly string[]>;
  /** Names of cameras by their ids. */
  names(): Promise<ReadonlyMap<string, string>>;
  /** Means over the detection reports of a window; null when there are none. */
  detections(window: Stretch): Promise<{ readonly processingTime: number | null; readonly confidence: number | null }>;
  /** The newest violations of a window. */
  violations(window: Stretch, limit: number): Promise<readonly RecentViolation[]>;
  /** Alerts that nobody has resolved. */
  activeAlerts(): Promise<number>;
}
