import type { CameraAnalytics, Performance, Totals } from './records-port';

/** Sums of detection reports over a time, as they are stored: a mean is its sum divided by its number. */
export interface ReportSums {
  readonly records: number;
  readonly frames: number;
  readonly persons: number;
  readonly hairnetViolations: number;
  readonly handwashEvents: number;
  readonly sanitizeEvents: number;
  readonly fpsSum: number;
  readonly fpsRecords: number;
  readonly confidenceSum: number;
  readonly confidenceRecords: number;
  readonly processingTimeSum: number;
  readonly processingTimeRecords: number;
  readonly minProcessingTime: number | null;
  readonly maxProcessingTime: number | null;
}

export const NO_REPORTS: ReportSums = {
  records: 0,
  frames: 0,
  persons: 0,
  hairnetViolations: 0,
  handwashEvents: 0,
  sanitizeEvents: 0,
  fpsSum: 0,
  fpsRecords: 0,
  confidenceSum: 0,
  confidenceRecords: 0,
  processingTimeSum: 0,
  processingTimeRecords: 0,
  minProcessingTime: null,
  maxProcessingTime: null,
};

export const plus = (a: ReportSums, b: ReportSums): ReportSums => ({
  records: a.records + b.records,
  frames: a.frames + b.frames,
  persons: a.persons + b.persons,
  hairnetViolations: a.hairnetViolations + b.hairnetViolations,
  handwashEvents: a.handwashEvents + b.handwashEvents,
  sanitizeEvents: a.sanitizeEvents + b.sanitizeEvents,
  fpsSum: a.fpsSum + b.fpsSum,
  fpsRecords: a.fpsRecords + b.fpsRecords,
  confidenceSum: a.confidenceSum + b.confidenceSum,
  confidenceRecords: a.confidenceRecords + b.confidenceRecords,
  processingTimeSum: a.processingTimeSum + b.processingTimeSum,
  processingTimeRecords: a.processingTimeRecords + b.processingTimeRecords,
  minProcessingTime: extreme(Math.min, a.minProcessingTime, b.minProcessingTime),
  maxProcessingTime: extreme(Math.max, a.maxProcessingTime, b.maxProcessingTime),
});

export const totalsOf = (sums: ReportSums): Totals => ({
  total_frames: sums.frames,
  total_persons: sums.persons,
  total_hairnet_violations: sums.hairnetViolations,
  total_handwash_events: sums.handwashEvents,
  total_sanitize_events: sums.sanitizeEvents,
  avg_fps: mean(sums.fpsSum, sums.fpsRecords),
  avg_processing_time: mean(sums.processingTimeSum, sums.processingTimeRecords),
});

/** What the old domain path answered for a camera besides its totals; it never reported vehicles or anomalies. */
export function analyticsOf(sums: ReportSums): Omit<CameraAnalytics, 'camera_info' | 'detection_count_24h'> {
  const objects = sums.persons + sums.hairnetViolations + sums.handwashEvents + sums.sanitizeEvents;
  return {
    average_confidence: mean(sums.confidenceSum, sums.confidenceRecords),
    total_objects_detected: objects,
    person_count: sums.persons,
    vehicle_count: 0,
    anomalies: [],
    performance: performanceOf(sums),
  };
}

function performanceOf(sums: ReportSums): Performance {
  const seconds = mean(sums.processingTimeSum, sums.processingTimeRecords);
  return {
    avg_processing_time: seconds,
    max_processing_time: sums.maxProcessingTime ?? 0,
    min_processing_time: sums.minProcessingTime ?? 0,
    fps_estimate: seconds > 0 ? rounded(1 / seconds) : 0,
  };
}

/** Beyond this many digits, sums of floating-point numbers depend on their order. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
const mean = (sum: number, count: number): number => (count > 0 ? rounded(sum / count) : 0);

const extreme = (pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : pick(a, b);
