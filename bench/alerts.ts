import path from 'node:path';
import type { ActiveRules } from '../src/application/alerts/alert-evaluator';
import type { Log } from '../src/application/shared/log';
import { startAlerts } from '../src/composition/alerts';
import { Lifecycle } from '../src/composition/lifecycle';
import { joinSite } from '../src/composition/platform';
import { type Site, createSite } from '../src/composition/site';
import type { AlertEvent } from '../src/domain/alerts/alert-input';
import { AlertRule } from '../src/domain/alerts/alert-rule';
import { RuleEvaluation } from '../src/domain/alerts/rule-evaluation';
import { type WatchedRule, watched } from '../src/domain/alerts/watched-rule';
import type { JsonObject } from '../src/domain/shared/json';
import { readSettings } from '../src/infrastructure/environment/settings';
import { type Effort, interleaved, median } from './interleaved';
import { table } from './table';
import { Workplace } from './workplace';

const EVENT_TARGET_US = 50;
const ALL_TARGET_US = 100;
const CHANGE_TARGET_MS = 1_000;
const EVENTS = 20_000;
const CAMERAS = 100;
const TYPES = 10;

const EFFORT: Record<'full' | 'short', Effort> = {
  full: { rounds: 9, callsPerRound: 3 },
  short: { rounds: 3, callsPerRound: 1 },
};
const CHANGES = { full: 200, short: 30 };

/** What an event costs, and how long a changed rule takes to be in force everywhere. */
export const alerts = async (length: 'full' | 'short'): Promise<string> =>
  `${await evaluation(length)}\n${await propagation(CHANGES[length])}`;

interface Contest {
  readonly name: string;
  readonly rules: readonly WatchedRule[];
  readonly target?: number;
  readonly events?: number;
}

async function evaluation(length: 'full' | 'short'): Promise<string> {
  const contests: readonly Contest[] = [
    { name: 'no rule', rules: [] },
    { name: '1 rule', rules: ruleSet(1, spread) },
    {
      name: '1,000 rules, of 100 cameras and 10 types of event',
      rules: ruleSet(1_000, spread),
      target: EVENT_TARGET_US,
    },
    { name: '1,000 rules, 100 of them for every camera', rules: ruleSet(1_000, partlyGlobal), target: EVENT_TARGET_US },
    {
      name: '1,000 rules that all concern every event',
      rules: ruleSet(1_000, () => ({ camera_id: null })),
      target: ALL_TARGET_US,
      events: 500,
    },
    {
      name: '… each with a threshold of its own',
      rules: ruleSet(1_000, (i) => ({ camera_id: null, threshold: 50 + i })),
      events: 200,
    },
  ];
  const timings = await interleaved(
    contests.map(({ name, rules, events = EVENTS }) => ({ name, once: async () => feed(rules, events) })),
    EFFORT[length],
  );
  const perEvent = timings.map(({ ms }, i) => (ms * 1_000) / (contests[i]?.events ?? EVENTS));
  const one = perEvent[1] ?? Number.NaN;
  const rows = contests.map(({ name, target }, i) => {
    const us = perEvent[i] ?? Number.NaN;
    const verdict = target === undefined ? '' : `${target} ${us <= target ? 'met' : 'MISSED'}`;
    return [name, us.toFixed(2), `${(us / one).toFixed(2)} x`, verdict];
  });
  return `one event, its rules found and stepped\n\n${table(['', 'median µs', 'of 1 rule', 'target µs'], rows)}`;
}

const spread = (i: number): JsonObject => ({
  camera_id: `cam${i % CAMERAS}`,
  labels: [`TYPE_${Math.floor(i / CAMERAS)}`],
});
const partlyGlobal = (i: number): JsonObject => ({ ...spread(i), ...(i % 10 === 0 ? { camera_id: null } : {}) });

function ruleSet(count: number, about: (i: number) => JsonObject): WatchedRule[] {
  return Array.from({ length: count }, (_, i) => {
    const { camera_id = null, labels, threshold = 50 } = about(i);
    const conditions = { threshold, ...(labels ? { labels } : {}) };
    const input = { name: 'r', rule_type: 'violation', conditions, camera_id };
    const { fields, createdAt } = AlertRule.register(input, new Date(0));
    return watched(AlertRule.restore(i + 1, fields, createdAt, createdAt)) ?? [];
  }).flat();
}

/** Events of all cameras and types in turn, 10 ms apart. */
function feed(rules: readonly WatchedRule[], events: number): number {
  const all = new RuleEvaluation();
  all.follow(rules);
  let told = 0;
  for (let i = 0; i < events; i++) told += all.event(i * 10, eventAt(i)).length;
  return told;
}

const eventAt = (i: number): AlertEvent => ({
  cameraId: `cam${i % CAMERAS}`,
  type: `TYPE_${Math.floor(i / CAMERAS) % TYPES}`,
  trackId: 1,
  violation: 'no_hairnet',
  label: undefined,
});

const nothing = () => undefined;
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

async function propagation(changes: number): Promise<string> {
  const times = await propagationTimes(changes);
  const worst = Math.max(...times);
  const row = [
    `${changes} changes`,
    median(times).toFixed(1),
    worst.toFixed(1),
    `${CHANGE_TARGET_MS} ${worst <= CHANGE_TARGET_MS ? 'met' : 'MISSED'}`,
  ];
  return `a changed rule, in force on both of two services\n\n${table(['', 'median ms', 'slowest ms', 'target ms'], [row])}`;
}

/** Two services on one database: the milliseconds from the answer to each change until both have it. */
export function propagationTimes(changes: number): Promise<number[]> {
  return Workplace.use(async (place) => {
    const { url } = await place.database('alerts');
    const sites = [await service(place, url), await service(place, url)];
    const books = sites.map((site) => site.alerts.active);
    const rules = sites.map((site) => site.alerts.domain);
    const { id } = (await rules[0]?.create({ name: 'r', rule_type: 'violation', conditions: { threshold: 1 } })) ?? {
      id: 0,
    };
    const times: number[] = [];
    for (let i = 1; i <= changes; i++) {
      await rules[i % 2]?.update({ rule_id: id, conditions: { threshold: 1 + i } });
      const from = performance.now();
      while (!books.every((book) => has(book, id, 1 + i))) await new Promise(setImmediate);
      times.push(performance.now() - from);
    }
    return times;
  });
}

const has = (book: ActiveRules, id: number, threshold: number): boolean =>
  book.rules.some((rule) => rule.id === id && rule.threshold === threshold);

async function service(place: Workplace, databaseUrl: string): Promise<Site> {
  const camerasFile = path.join(place.dir, 'none.yaml');
  const folders = { dataDir: place.dir, logDir: place.dir, camerasFile };
  const site = createSite({ ...readSettings({}), databaseUrl, ...folders }, { log: SILENT });
  const { platform, alerts, live } = site;
  const life = new Lifecycle(SILENT);
  place.onEnd(() => life.stop());
  await platform.database.open();
  life.onStop(() => platform.database.close());
  await startAlerts(platform, alerts, live, await joinSite(platform, folders, life), life);
  return site;
}
