import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import type { Clock, Log } from '../shared/log';
import { within } from '../shared/within';

export interface ProbeResult {
  readonly status: 'ok' | 'degraded' | 'inconsistent' | 'error';
  /** For people; free of secrets, addresses and paths. */
  readonly error?: string;
  readonly details?: JsonObject;
}

/** A health check of one component of the service. */
export interface HealthProbe {
  readonly name: string;
  check(): Promise<ProbeResult>;
}

export const healthy = (details?: JsonObject): ProbeResult => ({ status: 'ok', ...(details ? { details } : {}) });

/** The result of a probe within its time. One that throws or hangs is an error, and does not delay the others. */
export function checkWithin(probe: HealthProbe, ms: number, log: Log): Promise<ProbeResult> {
  const failed = (error: unknown): ProbeResult => {
    log.debug(`the check of ${probe.name} failed`, { error });
    return { status: 'error', error: error instanceof DomainError ? error.message : 'failed, see the log' };
  };
  return within(ms, probe.check().catch(failed), () => ({ status: 'error', error: 'timed out' }));
}

const WITHIN_MS = 800;

/** Caches the last result of a query: when it fails or hangs, that is answered again. */
export function lastKnown<T>(ask: () => Promise<T>, first: T, log: Log): () => Promise<T> {
  let last = first;
  return async () => {
    const answer = ask().then(
      (answer) => {
        last = answer;
      },
      (error: unknown) => log.debug('figures cannot be read now', { error }),
    );
    await within(WITHIN_MS, answer, () => undefined);
    return last;
  };
}

const LEAST_FREE_PERCENT = 5;
const MOST_JOURNAL_LAG_BYTES = 10_000_000;
const MOST_STUCK_SECONDS = 60;
const MOST_CLOCK_DIFFERENCE_MS = 60_000;
const MOST_EVALUATION_LAG_SECONDS = 60;
const MOST_DELIVERY_WAIT_SECONDS = 120;

const probe = (name: string, check: () => Promise<ProbeResult>): HealthProbe => ({ name, check });

export interface Consistency {
  readonly inTable: number;
  readonly inFile: number;
  /** Entries of the file with faults that are known: they are counted, and do not degrade the state. */
  readonly quarantined: number;
  /** One sentence per camera that differs. */
  readonly issues: readonly string[];
}

/** `clockDifference`: milliseconds by which the clock of this machine is ahead of the database. */
export const databaseProbe = (answers: () => Promise<unknown>, clockDifference = () => 0): HealthProbe =>
  probe('database', async () => {
    await answers();
    const seconds = Math.round(clockDifference() / 1_000);
    if (Math.abs(seconds) * 1_000 <= MOST_CLOCK_DIFFERENCE_MS) return healthy();
    return { status: 'degraded', details: { clock_difference_seconds: seconds } };
  });

/** Kept for clients of the old backend; this one uses no Redis. */
export const redisProbe = probe('redis', async () => healthy({ used: false }));

export const servicesProbe = probe('domain_services', async () => healthy());

export const consistencyProbe = (measure: () => Promise<Consistency>): HealthProbe =>
  probe('camera_data_consistency', async () => {
    const { inTable, inFile, quarantined, issues } = await measure();
    const details = { db_count: inTable, yaml_count: inFile, ...(quarantined > 0 ? { quarantined } : {}) };
    return issues.length === 0 ? healthy(details) : { status: 'inconsistent', details: { issues, ...details } };
  });

/** The folder of the cameras file: a change replaces the file, so the folder has to be writable. */
export const configurationProbe = (mayReplace: () => Promise<boolean>): HealthProbe =>
  probe('configuration', async () => {
    const writable = await mayReplace();
    return { status: writable ? 'ok' : 'degraded', details: { writable } };
  });

export interface JournalState {
  readonly lagBytes: number;
  readonly rejected: number;
  readonly rejectsLost: number;
  readonly unreadable: readonly string[];
  readonly stuckSeconds: number;
}

export const journalProbe = (state: () => JournalState): HealthProbe =>
  probe('journal', async () => {
    const { lagBytes, rejected, rejectsLost, unreadable, stuckSeconds } = state();
    const bad = lagBytes > MOST_JOURNAL_LAG_BYTES || stuckSeconds > MOST_STUCK_SECONDS || rejectsLost > 0;
    const trouble = {
      ...(rejectsLost > 0 ? { rejects_lost: rejectsLost } : {}),
      ...(unreadable.length > 0 ? { unreadable_files: unreadable.length } : {}),
    };
    return { status: bad ? 'degraded' : 'ok', details: { lag_bytes: lagBytes, rejected, ...trouble } };
  });

export interface WorkerCondition {
  readonly id: string;
  readonly state: string;
  readonly wanted: boolean;
}

const TROUBLED = new Set(['failed', 'backoff', 'stalled']);

/** `undefined`: another service of the site controls the cameras, and answers for them. */
export const workersProbe = (workers: () => Promise<readonly WorkerCondition[] | undefined>): HealthProbe =>
  probe('workers', async () => {
    const all = await workers();
    if (!all) return healthy({ controlled_here: false });
    const states: Record<string, number> = {};
    for (const { state } of all) states[state] = (states[state] ?? 0) + 1;
    const troubled = all.filter(({ wanted, state }) => wanted && TROUBLED.has(state)).map(({ id }) => id);
    const status = troubled.length > 0 ? 'degraded' : 'ok';
    return { status, details: { controlled_here: true, states, troubled } };
  });

export const rolloutProbe = (backOnLegacy: () => readonly string[]): HealthProbe =>
  probe('rollout', async () => {
    const groups = backOnLegacy();
    return { status: groups.length > 0 ? 'degraded' : 'ok', details: { taken_back: groups } };
  });

export interface DiskSpace {
  readonly freeBytes: number;
  /** 0 to 100. */
  readonly freePercent: number;
}

/** `folders` are named by their purpose. */
export const diskProbe = (folders: () => Promise<Readonly<Record<string, DiskSpace>>>): HealthProbe =>
  probe('disk', async () => {
    const found = Object.entries(await folders());
    const full = found.some(([, { freePercent }]) => freePercent < LEAST_FREE_PERCENT);
    const details = found.map(([name, { freeBytes, freePercent }]) => [
      name,
      { free_bytes: freeBytes, free_percent: freePercent },
    ]);
    return { status: full ? 'degraded' : 'ok', details: Object.fromEntries(details) };
  });

/** Why no pictures of violations are kept; nothing is lost but those. */
export const capturesProbe = (trouble: () => string | undefined): HealthProbe =>
  probe('captures', async () => {
    const why = trouble();
    return why === undefined
      ? healthy()
      : { status: 'degraded', error: 'no pictures of violations are kept, see the log' };
  });

export interface VideoDecoder {
  readonly version: string;
  /** Whether it is the one that npm installed: a build of 2018, whose decoders get no fixes any more. */
  readonly bundled: boolean;
}

/** Never degraded: a site whose detector has its own decoder needs none. */
export const ffmpegProbe = (find: () => Promise<VideoDecoder | undefined>): HealthProbe =>
  probe('ffmpeg', async () => {
    const found = await find();
    return healthy(found ? { version: found.version, bundled: found.bundled } : { version: null, bundled: false });
  });

/** What looks for persons: a process of this machine. */
export interface DetectorCondition {
  /** `off`: by the settings; `absent`: it cannot run here; else as a camera's process. */
  readonly state: string;
  readonly note?: string | undefined;
  readonly details: JsonObject;
}

const REMEDY =
  'cameras go on with motion alone; it is started again by itself: see detector/detect_person-detector.log in LOG_DIR, or set DETECTOR=off';

/** Persons cannot be followed by fewer than two looks a second. */
const LONGEST_LOOK_WAIT_MS = 500;

/** Not degraded where it is off or cannot run: everything else works. */
export const detectorProbe = (condition: () => Promise<DetectorCondition>): HealthProbe =>
  probe('detector', async () => {
    const { state, note, details } = await condition();
    const all = { state, ...(note === undefined ? {} : { note }), ...details };
    if (!WELL.has(state)) return { status: 'degraded', error: REMEDY, details: all };
    const isSlow = state === 'running' && Number(details.wait_ms ?? 0) > LONGEST_LOOK_WAIT_MS;
    return isSlow ? { status: 'degraded', details: all } : healthy(all);
  });

const WELL = new Set(['off', 'absent', 'elsewhere', 'running', 'starting', 'stopped']);

export interface AlertsState {
  /** Seconds by which the evaluation of the rules is late; null before the first one. */
  readonly evaluationLag: number | null;
  /** Dead deliveries: in total, and within the last hour. */
  readonly dead: number;
  readonly deadLately: number;
  /** Seconds since the oldest waiting delivery was due. */
  readonly oldestWaiting: number;
}

/** `upSeconds`: for how long this service runs; a site that has never evaluated anything by then is late. */
export const alertsProbe = (state: () => Promise<AlertsState>, upSeconds: () => number): HealthProbe =>
  probe('alerts', async () => {
    const { evaluationLag, dead, deadLately, oldestWaiting } = await state();
    const late = (evaluationLag ?? upSeconds()) > MOST_EVALUATION_LAG_SECONDS;
    const stuck = oldestWaiting > MOST_DELIVERY_WAIT_SECONDS;
    const details = {
      evaluation_lag_seconds: evaluationLag,
      dead_deliveries: dead,
      oldest_waiting_seconds: oldestWaiting,
    };
    return { status: late || stuck || deadLately > 0 ? 'degraded' : 'ok', details };
  });

/** Null before the first measurement. */
export interface MeasuredConsistency {
  readonly consistent: boolean | null;
  readonly issues_count: number | null;
  readonly db_count: number | null;
  readonly yaml_count: number | null;
  readonly last_check: string | null;
}

const FRESH_MS = 5_000;
const UNKNOWN: MeasuredConsistency = {
  consistent: null,
  issues_count: null,
  db_count: null,
  yaml_count: null,
  last_check: null,
};

/** The last measurement, repeated when it is requested and out of date; `last_check` is its time. */
export class LastConsistency {
  private last = UNKNOWN;
  private at = -Infinity;

  constructor(
    private readonly measure: () => Promise<Consistency>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async get(): Promise<MeasuredConsistency> {
    const now = this.clock();
    if (now.getTime() - this.at < FRESH_MS) return this.last;
    try {
      const { inTable, inFile, issues } = await this.measure();
      const counts = { issues_count: issues.length, db_count: inTable, yaml_count: inFile };
      this.last = { consistent: issues.length === 0, ...counts, last_check: now.toISOString() };
      this.at = now.getTime();
    } catch (error) {
      this.log.debug('the consistency of the cameras cannot be measured now', { error });
    }
    return this.last;
  }
}
