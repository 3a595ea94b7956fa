import { processConditions } from '../application/camera-control/worker-states';
import { violationView } from '../application/records/record-service';
import type { ViolationQueueStore } from '../application/records/violation-queue-service';
import type { ViolationStore } from '../application/records/violation-store';
import { REST } from '../infrastructure/environment/scheduler';
import { type FeedTopic, KeyedTopic, RecentTopic, StateTopic } from '../infrastructure/notify/feed-topics';
import { type FeedSource, LIVE_PATH, LiveFeed } from '../infrastructure/notify/live-feed';
import { LiveSockets } from '../infrastructure/notify/live-sockets';
import { LiveTiles } from '../infrastructure/notify/live-tiles';
import { EVENTS_PATH, LiveEvents, LiveStatus, STATUS_PATH } from '../infrastructure/notify/live-topics';
import { PgEventTail } from '../infrastructure/postgres/pg-events';
import { PgViolations } from '../infrastructure/postgres/pg-violations';
import type { WakeTopic } from '../infrastructure/postgres/pg-wakes';
import { ROLLOUT_CHANNEL } from '../infrastructure/postgres/pg-rollout-store';
import { LogFollower } from '../infrastructure/process/worker-log';
import type { Alerts } from './alerts';
import type { Cameras } from './cameras';
import type { Control } from './control';
import type { Events } from './events';
import type { Lifecycle } from './lifecycle';
import type { Monitoring } from './monitoring';
import type { Platform } from './platform';
import type { Rollout } from './rollout';

/** Newest violations and alerts that a dashboard gets at first; of events it gets those that come. */
const FIRST = 50;
/** Rows that are compared with what was sent last: further changes are seen when they are next. */
const COMPARED = 200;
const MOST_EVENTS = 500;
const FIRST_LINES = 200;

/** The interval of a loop that somebody follows; it rests while nobody does, until it is woken. */
const EVERY_MS = {
  cameras: 200,
  violations: 5_000,
  alerts: 5_000,
  events: 2_000,
  state: 2_000,
  health: 5_000,
  logs: 500,
};
const RESTING_MS = 3_600_000;
/** Writes in quick succession are told of together. */
const APART_MS = 30;
/** Counting all violations takes longer the more there are. */
const COUNT_APART_MS = 1_000;
const PING_EVERY_MS = 15_000;
const LOG = 'logs:';

/** A topic, how it is read, and what wakes it. */
interface Reader {
  readonly topic: FeedTopic;
  readonly read: () => Promise<void>;
  readonly everyMs: number;
  readonly wokenBy: readonly WakeTopic[];
}

/** What dashboards follow over web sockets. */
export interface Live {
  readonly sockets: LiveSockets;
  readonly events: LiveEvents;
  readonly status: LiveStatus;
  readonly feed: LiveFeed;
  readonly readers: ReadonlyMap<string, Reader>;
  /** Set by the start: reads a topic that somebody begins to follow. */
  readonly begin: Map<string, () => void>;
  readonly logs: Map<string, LogReader>;
}

interface LogReader {
  readonly topic: RecentTopic;
  readonly follower: LogFollower;
}

interface Observed {
  readonly cameras: Cameras;
  readonly control: Control;
  readonly events: Events;
  readonly alerts: Alerts;
  readonly rollout: Rollout;
  readonly monitoring: Monitoring;
}

export function createLive(platform: Platform, observed: Observed): Live {
  const { database, clock, log } = platform;
  const { control } = observed;
  const events = new LiveEvents(new PgEventTail(database), () => sockets);
  const status = new LiveStatus(workerCounters(observed), () => sockets);
  const tiles = new LiveTiles(control.pictures, log);
  const readers = createReaders(platform, observed);
  const begin = new Map<string, () => void>();
  const logs = new Map<string, LogReader>();
  const source = (name: string): FeedSource | undefined => {
    const reader = readers.get(name);
    if (reader) return { topic: reader.topic, begin: () => begin.get(name)?.() };
    return name.startsWith(LOG) ? logSource(control, name, logs, () => begin.get(LOG)?.()) : undefined;
  };
  const feed = new LiveFeed(source, tiles, clock);
  const topics = { [EVENTS_PATH]: events, [STATUS_PATH]: status, [LIVE_PATH]: feed };
  const sockets: LiveSockets = new LiveSockets(topics, log);
  return { sockets, events, status, feed, readers, begin, logs };
}

function workerCounters({ cameras, control: { host, controller, rememberedStates } }: Observed) {
  return async () => {
    const conditions = await processConditions(cameras.remembered, rememberedStates, controller);
    const ids = [...(conditions?.keys() ?? [])];
    return new Map(await Promise.all(ids.map(async (id) => [id, (await host.counters(id)) ?? {}] as const)));
  };
}

function logSource({ host }: Control, name: string, logs: Map<string, LogReader>, begin: () => void): FeedSource {
  const topic = new RecentTopic(name, 'lines', FIRST_LINES);
  const follower = new LogFollower(host.logPath(name.slice(LOG.length)), FIRST_LINES);
  return {
    topic,
    begin: () => {
      logs.set(name, { topic, follower });
      begin();
    },
    end: () => void logs.delete(name),
  };
}

function createReaders({ database, clock }: Platform, observed: Observed): ReadonlyMap<string, Reader> {
  const { cameras, events, alerts, rollout, monitoring } = observed;
  const state = (name: string, read: () => Promise<object>, everyMs: number, ...wokenBy: WakeTopic[]) => {
    const topic = new StateTopic(name);
    return [name, { topic, read: async () => topic.set(await read()), everyMs, wokenBy }] as const;
  };
  return new Map<string, Reader>([
    ['cameras', camerasReader(observed)],
    ['violations', violationsReader(new PgViolations(database), events.queue, clock)],
    ['alerts', alertsReader(alerts)],
    ['events', eventsReader(new PgEventTail(database))],
    state('rollout', () => rollout.service.overview(), EVERY_MS.state),
    state('config', () => cameras.config.status(), EVERY_MS.state, 'cameras'),
    state('health', () => monitoring.service.health(), EVERY_MS.health),
  ]);
}

function camerasReader({ control: { live } }: Observed): Reader {
  const topic = new KeyedTopic('cameras', 'cameras');
  return { topic, read: async () => topic.set(await live.all()), everyMs: EVERY_MS.cameras, wokenBy: ['cameras'] };
}

function violationsReader(store: ViolationStore, queue: ViolationQueueStore, clock: () => Date): Reader {
  const topic = new RecentTopic('violations', 'items', FIRST);
  const fresh = changesOf((violation: { readonly id: number }) => violation.id);
  let counted = { at: Number.NEGATIVE_INFINITY, counts: {} };
  const read = async () => {
    const changed = fresh((await store.changedLast(COMPARED)).map(violationView).reverse());
    const now = performance.now();
    if (now - counted.at > COUNT_APART_MS) counted = { at: now, counts: await queue.counts('status', {}) };
    const claims = (await queue.claims(clock())).map(({ violationId, by }) => [violationId, by]);
    topic.add(changed, { counts: counted.counts, claims: Object.fromEntries(claims) });
  };
  return { topic, read, everyMs: EVERY_MS.violations, wokenBy: ['violations'] };
}

function alertsReader({ archive }: Alerts): Reader {
  const topic = new RecentTopic('alerts', 'items', FIRST);
  const fresh = changesOf((alert: { readonly id: number }) => alert.id);
  const read = async () => {
    const { items } = await archive.page({ limit: COMPARED, offset: 0 });
    topic.add(fresh(items.toReversed()));
  };
  return { topic, read, everyMs: EVERY_MS.alerts, wokenBy: ['alerts'] };
}

function eventsReader(tail: PgEventTail): Reader {
  const topic = new RecentTopic('events', 'items', 0);
  let seq: number | undefined;
  const read = async () => {
    seq ??= await tail.newest();
    const fresh = await tail.after(seq, MOST_EVENTS);
    seq = fresh.at(-1)?.seq ?? seq;
    topic.add(fresh.map(({ line }) => line));
  };
  return { topic, read, everyMs: EVERY_MS.events, wokenBy: ['events'] };
}

/** Keeps what it was shown last, and answers those that are new or different. */
function changesOf<T>(keyOf: (item: T) => number) {
  let known = new Map<number, string>();
  return (items: readonly T[]): readonly T[] => {
    const texts = new Map(items.map((item) => [keyOf(item), JSON.stringify(item)]));
    const changed = items.filter((item) => known.get(keyOf(item)) !== texts.get(keyOf(item)));
    known = texts;
    return changed;
  };
}

/** From now on reads what somebody follows, and sends what is new of it. */
export async function startLive({ wakes, connection }: Platform, live: Live, life: Lifecycle): Promise<void> {
  const { feed, readers, begin, logs } = live;
  for (const [name, { read, everyMs, wokenBy }] of readers) {
    const look = async () => {
      if (!feed.isFollowed(name)) return REST;
      await read();
      feed.changed(name);
      return undefined;
    };
    const { wake } = life.every(everyMs, `reading ${name} for dashboards`, look, {
      restMs: RESTING_MS,
      apartMs: APART_MS,
    });
    begin.set(name, wake);
    for (const topic of wokenBy) wakes.on(topic, wake);
    if (name === 'rollout') await connection.listen(ROLLOUT_CHANNEL, wake);
  }
  const lookAtLogs = async () => {
    if (logs.size === 0) return REST;
    for (const [name, { topic, follower }] of logs) {
      topic.add(await follower.next());
      feed.changed(name);
    }
    return undefined;
  };
  begin.set(LOG, life.every(EVERY_MS.logs, 'reading logs for dashboards', lookAtLogs, { restMs: RESTING_MS }).wake);
  life.every(PING_EVERY_MS, 'the ping of live sockets', async () => feed.ping());
}
