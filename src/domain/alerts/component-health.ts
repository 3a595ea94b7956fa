import { type JsonObject, isJsonObject } from '../shared/json';
import type { SiteNotice } from '../shared/site-notice';
import { type CameraCondition, NONE, type RuleDecision, type Stepped, iso } from './alert-input';
import { type Outage, noOutage, stepOutage } from './silence-steps';

/** The result of one health check of a component. */
export interface PartLook {
  readonly status: string;
  /** For people; free of secrets. */
  readonly error?: string;
  readonly details?: JsonObject;
}

/** Failed health checks in a row. Plain JSON: services publish it to each other. */
export interface PartStreak extends PartLook {
  /** 0: the component is healthy. */
  readonly looks: number;
  /** Time of the first of them, in milliseconds since 1970; without meaning while the component is healthy. */
  readonly since: number;
}

/** Fewer failed checks in a row may be chance. */
export const BAD_LOOKS = 3;

export function lookAgain(before: PartStreak | undefined, look: PartLook, at: number): PartStreak {
  if (look.status === 'ok') return { status: look.status, looks: 0, since: at };
  return { ...look, looks: (before?.looks ?? 0) + 1, since: before && before.looks > 0 ? before.since : at };
}

interface PartWords {
  readonly priority: SiteNotice['priority'];
  readonly trouble: (details: JsonObject) => string;
  readonly todo: string;
  readonly well: string;
}

/**
 * The components that site notices cover. A rollback has its own notice; failing deliveries cannot be reported by
 * deliveries.
 */
export const WATCHED_PARTS = ['database', 'camera_data_consistency', 'journal', 'workers', 'disk', 'detector'] as const;
export type WatchedPart = (typeof WATCHED_PARTS)[number];

const listed = (value: unknown): string => (Array.isArray(value) ? value.join('; ') : 'see the details');

const WORDS: Readonly<Record<WatchedPart, PartWords>> = {
  database: {
    priority: 'critical',
    trouble: ({ until }) => (until === undefined ? 'The database does not answer' : 'The database did not answer'),
    todo: 'Look whether PostgreSQL runs, whether its disk is full, and at its log. Changes are refused while it is away.',
    well: 'The database answers again',
  },
  camera_data_consistency: {
    priority: 'high',
    trouble: ({ issues }) => `The table and the file of the cameras differ: ${listed(issues)}`,
    todo: 'Look at GET /api/v1/cameras/config for faults of the file; POST /api/v1/cameras/refresh takes it in again.',
    well: 'The table and the file of the cameras say the same again',
  },
  journal: {
    priority: 'high',
    trouble: ({ lag_bytes }) => `Events wait to be taken in: ${Math.round(Number(lag_bytes ?? 0) / 1e6)} MB of journal`,
    todo: 'Nothing is lost. Look at the load of the database and at the log of the service.',
    well: 'Events are taken in as they come again',
  },
  workers: {
    priority: 'high',
    trouble: ({ troubled }) => `Cameras that should run do not: ${listed(troubled)}`,
    todo: 'Look at GET /api/v1/cameras/{camera_id}/logs and at the source; POST …/start tries again at once.',
    well: 'Every camera that should run does again',
  },
  detector: {
    priority: 'high',
    trouble: ({ wait_ms, cameras }) =>
      `Persons are looked for too rarely: ${Number(cameras ?? 0)} cameras wait ${Number(wait_ms ?? 0)} ms for a look`,
    todo: 'Cameras go on with motion. Look at GET /api/v1/monitoring/health; move cameras to another machine, or set a smaller DETECT_SIZE.',
    well: 'Persons are looked for as often as they should be again',
  },
  disk: {
    priority: 'critical',
    trouble: (details) => `The disk is nearly full: ${freeSpace(details)}`,
    todo: 'Make room, or keep events for a shorter time (RETENTION_DAYS); a full disk stops the database.',
    well: 'The disk has room again',
  },
};

const freeSpace = (details: JsonObject): string =>
  Object.entries(details)
    .map(([name, space]) => `${isJsonObject(space) ? Number(space.free_percent).toFixed(1) : '?'} % free for ${name}`)
    .join(', ');

/** Formats a decision about a component; `look` is its worst health check. */
function formatComponent(part: WatchedPart, decision: RuleDecision, look: PartLook & { service?: string }): SiteNotice {
  const { priority, trouble, todo, well } = WORDS[part];
  const alert = decision.kind === 'alert';
  const { status, error, details = {}, service } = look;
  const asFound = error === undefined ? trouble(details) : `The check of ${part} fails (${error})`;
  const until = typeof details.until === 'string' ? ` until ${details.until}` : '';
  const found = { status, ...(error === undefined ? {} : { error }), ...(service ? { service } : {}), ...details };
  return {
    key: `health/${part}/${decision.kind}/${iso(decision.at)}`,
    type: `health_${part}`,
    kind: alert ? 'alert' : 'recovery',
    priority,
    at: new Date(decision.at),
    message: alert ? `${asFound}, since ${iso(decision.at)}${until}. ${todo}` : `${well}.`,
    details: { part, ...decision.details, ...(alert ? found : {}) },
  };
}

/** When a service was without its database and therefore could not report it. Milliseconds since 1970. */
export interface Away {
  readonly from: number;
  readonly to: number;
}

/** What one service reports of its components. */
export interface InstanceHealth {
  readonly service: string;
  readonly parts: Readonly<Partial<Record<WatchedPart, PartStreak>>>;
  /** Its last time without the database. */
  readonly away: Away | null;
}

/** Component health of the whole site. Plain JSON, so that it survives a restart unchanged. */
export interface WatchedParts {
  readonly parts: Readonly<Partial<Record<WatchedPart, Outage>>>;
  /** Up to when times without the database were reported. */
  readonly awayUntil: number;
}

export const NO_PARTS: WatchedParts = { parts: {}, awayUntil: 0 };

/**
 * The health checks wait for several failures in a row already, so the notice follows at once; an outage ends only
 * after a healthy while.
 */
const PART_RULE = { schedule: undefined, durationMs: 0, recoveryMs: 30_000, cooldownMs: 0 };

/** The next state and the notices: one outage of a component is reported once, whichever services see it. */
export function stepParts(
  before: WatchedParts,
  instances: readonly InstanceHealth[],
  now: number,
): readonly [WatchedParts, SiteNotice[]] {
  const notices: SiteNotice[] = [];
  let state = before;
  const follow = (part: WatchedPart, steps: (outage: Outage) => Stepped<Outage>, look: PartLook) => {
    const known = state.parts[part] ?? noOutage;
    const [next, decisions] = steps(known);
    notices.push(...decisions.map((decision) => formatComponent(part, decision, look)));
    if (next !== known) state = { ...state, parts: { ...state.parts, [part]: next } };
  };
  for (const { away, service } of byBeginning(instances)) {
    if (away.to <= state.awayUntil) continue;
    const alreadyNotified = away.from < state.awayUntil && state.parts.database?.downSince === null;
    state = { ...state, awayUntil: away.to };
    const look = { status: 'error', details: { service, until: iso(away.to) } };
    if (!alreadyNotified) follow('database', (outage) => databaseAway(outage, away), look);
  }
  for (const part of WATCHED_PARTS) {
    const streaks = instances.flatMap((s) => (s.parts[part] ? [{ ...s.parts[part], service: s.service }] : []));
    const worst = streaks.reduce((a, b) => (b.looks > a.looks ? b : a), streaks[0] ?? WELL);
    if (streaks.length > 0) follow(part, (outage) => seen(outage, worst, now), worst);
  }
  return [state, notices];
}

const WELL = { status: 'ok', looks: 0, since: 0, service: '' };

const byBeginning = (instances: readonly InstanceHealth[]) =>
  instances.flatMap(({ service, away }) => (away ? [{ service, away }] : [])).sort((a, b) => a.away.from - b.away.from);

function databaseAway(outage: Outage, { from, to }: Away): Stepped<Outage> {
  const [down, alreadyNotified] = see(outage, 'down', from, to);
  const [up, more] = stepOutage(PART_RULE, down, { kind: 'camera', at: to, condition: 'up' });
  return [up, [...alreadyNotified, ...more]];
}

/** A single failed check starts no outage, but keeps one that has started from ending. */
function seen(outage: Outage, { looks, since }: PartStreak, now: number): Stepped<Outage> {
  if (looks === 0) return see(outage, 'up', now, now);
  if (outage.downSince === null && looks < BAD_LOOKS) return [outage, NONE];
  return see(outage, 'down', since, now);
}

/** Applies a condition that began `at`, and decides what is due by `now`. */
function see(outage: Outage, condition: CameraCondition, at: number, now: number): Stepped<Outage> {
  const [next, decisions] = stepOutage(PART_RULE, outage, { kind: 'camera', at, condition });
  const [last, more] = stepOutage(PART_RULE, next, { kind: 'time', at: now });
  return [last, [...decisions, ...more]];
}
