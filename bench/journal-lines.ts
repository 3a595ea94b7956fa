import { randomUUID } from 'node:crypto';

const TYPES = ['HANDWASHING_ACTIVE', 'HANDWASHING_ACTIVE', 'motion_started', 'motion_ended', 'SANITIZED'];
const REGIONS = ['sink', 'dryer', 'door'];
const CAMERAS = 50;
/** One event in so many is a violation. */
const VIOLATION_EVERY = 20;

export interface JournalLine {
  readonly id: string;
  readonly ts: number;
  readonly type: string;
  readonly camera_id: string;
  readonly track_id: number;
  readonly evidence: object;
}

/** Events of the last hour, as detectors write them: fifty cameras, one violation in twenty events. */
export function journalLines(count: number, now: number): JournalLine[] {
  return Array.from({ length: count }, (_, i) => ({
    id: randomUUID(),
    ts: Math.round((now - 3_600 + (i * 3_600) / count) * 1_000) / 1_000,
    type: i % VIOLATION_EVERY === 0 ? 'NO_HAIRNET_AT_SINK' : (TYPES[i % TYPES.length] ?? ''),
    camera_id: `cam-${i % CAMERAS}`,
    track_id: i % 1_000,
    evidence: {
      region: REGIONS[i % REGIONS.length],
      confidence: 0.5 + (i % 50) / 100,
      consecutive: i % 7,
      required: 3,
    },
  }));
}

/** The same events in PostgreSQL's own format for COPY into `events`. */
export const copyText = (lines: readonly JournalLine[]): string =>
  lines
    .map(({ id, ts, camera_id, type, track_id, evidence }) =>
      [id, new Date(ts * 1000).toISOString(), camera_id, type, track_id, JSON.stringify(evidence)].join('\t'),
    )
    .join('\n')
    .concat('\n');

export const COPY_COLUMNS = 'id, ts, camera_id, type, track_id, evidence';
