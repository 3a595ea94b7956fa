import type { Period } from '../../domain/records/period';
import type { JsonObject } from '../../domain/shared/json';
import type { ReportSums } from './record-totals';
import type { DetectionRecord } from './records-port';

/** Detection reports, single and summed. Throws `database.unavailable`. */
export interface DetectionReports {
  /** Sums by camera over the hours that begin in a period. */
  sums(period: Period, cameraId?: string): Promise<ReadonlyMap<string, ReportSums>>;
  /** How many reports a camera sent since a moment, in milliseconds since 1970. */
  countSince(cameraId: string, from: number): Promise<number>;
  /** Newest first. */
  page(cameraId: string, limit: number, offset: number): Promise<readonly DetectionRecord[]>;
  count(cameraId: string): Promise<number>;
  /** Why the database does not answer; undefined when it does. */
  trouble(): Promise<string | undefined>;
}

/** What this context needs to know of cameras. */
export interface CameraDirectory {
  ids(): Promise<readonly string[]>;
  /** What the dashboard shows of a camera; undefined for an unknown one. */
  info(cameraId: string): Promise<JsonObject | undefined>;
}
