import { isJsonObject, type JsonObject } from '../shared/json';
import type { SiteNotice } from '../shared/site-notice';
import { type Decision, iso } from './alert-input';
import type { PartLook } from './part-streak';

interface PartWords {
  readonly priority: SiteNotice['priority'];
  readonly trouble: (details: JsonObject) => string;
  readonly todo: string;
  readonly well: string;
}

/** The parts people are told of. A rollback tells itself; deliveries that fail cannot be told by deliveries. */
export const WATCHED_PARTS = ['database', 'camera_data_consistency', 'journal', 'workers', 'disk'] as const;
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

/** A decision about a part in words; `look` is the worst that was seen of it. */
export function wordedPart(part: WatchedPart, decision: Decision, look: PartLook & { service?: string }): SiteNotice {
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
