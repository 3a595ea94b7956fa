import { randomUUID } from 'node:crypto';
import { allOperations, rolloutGroups } from '../../src/api/catalogue';
import { openApi } from '../../src/api/http/openapi';
import type { Operation } from '../../src/api/http/operation';
import { type DocumentedExample, examplesOf } from './documented-examples';
import type { LoadRequest } from './http-load';

/** Entities of a site that calls may be made on. */
export interface TrafficSite {
  /** Asked about only. */
  readonly cameras: readonly string[];
  /** Started, stopped and changed. */
  readonly ownCamera: string;
  readonly rules: readonly number[];
  readonly violations: readonly number[];
}

const PREFIX = '/api/v1';
const examples = examplesOf(openApi(allOperations)).filter(({ status }) => status === 200);
const switched = allOperations.filter((operation) => operation.switched);
const pick = <T>(from: readonly T[], i: number): T => from[i % from.length]!;

/** Of the calls that start, stop or restart a process, one in so many is made; the others look at it. */
const CONTROL_EVERY = 12;

/** What the traffic made and has not removed yet. */
interface Made {
  readonly cameras: string[];
  readonly rules: number[];
}

/** Removes something that was made before; while there is nothing, it looks. */
function removal(path: string, made: (string | number)[]): LoadRequest {
  const id = made.shift();
  return id === undefined ? { method: 'GET', path } : { method: 'DELETE', path: `${path}/${id}` };
}

/** Rules that the traffic keeps at most: every one of them makes the lists longer. */
const MOST_RULES = 20;
/** Of the changes of a camera, one in so many starts its process anew; of the pictures, so many are of one that runs. */
const RESTART_EVERY = 10;

type Override = (i: number, site: TrafficSite, made: Made) => Omit<LoadRequest, 'method'>;

/** Calls whose example names entities of another site, or which must not be repeated as they are. */
const OVERRIDES: Readonly<Record<string, Override>> = {
  'cameras.create': (i, _, { cameras }) => ({
    path: '/cameras',
    body: { id: `traffic-${i}`, name: 'traffic', source: '0', active: false },
    answered: () => void cameras.push(`traffic-${i}`),
  }),
  'cameras.update': (i, { ownCamera }) => ({
    path: `/cameras/${ownCamera}`,
    body: i % RESTART_EVERY === 0 ? { fps: 1 + (i % 20) } : { name: `traffic ${i}` },
  }),
  'camera-control.preview': (i, { cameras }) => ({
    path: `/cameras/${pick(cameras, i % RESTART_EVERY === 0 ? i / RESTART_EVERY : 0)}/preview`,
  }),
  'alerts.create': (_i, _site, { rules }) => ({
    path: '/alerts/rules',
    body: { name: 'traffic', rule_type: 'violation_threshold', conditions: { threshold: 10_000 }, enabled: false },
    answered: (body) => void rules.push((body as { id: number }).id),
  }),
  'alerts.update': (i, { rules }) => ({
    path: `/alerts/rules/${pick(rules, i)}`,
    body: { priority: pick(['low', 'high'], i) },
  }),
  'events.post': (i, { cameras }) => ({
    path: '/events',
    body: [
      {
        id: randomUUID(),
        ts: Date.now() / 1000,
        type: pick(['HANDWASH', 'SKIP_DRYING'], i),
        camera_id: pick(cameras, i),
      },
    ],
  }),
  'records.setStatus': (i, { violations }) => ({
    path: `/records/violations/${pick(violations, i)}/status?status=${pick(['confirmed', 'pending', 'resolved'], i)}`,
  }),
  'records.setStatuses': (i, { violations }) => ({
    path: '/records/violations/status',
    body: { violation_ids: violations, status: pick(['confirmed', 'pending'], i) },
  }),
};

/** The example of an operation, on entities of the site. */
function onSite(
  { method, path, body }: DocumentedExample,
  operation: Operation,
  i: number,
  site: TrafficSite,
): LoadRequest {
  const camera = operation.effect === 'write' ? site.ownCamera : pick(site.cameras, i);
  const keys = { camera_id: camera, rule_id: pick(site.rules, i), violation_id: pick(site.violations, i) };
  const [, query = ''] = path.split('?');
  const filled = Object.entries(keys).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
    operation.path,
  );
  if (filled.includes('{')) throw new Error(`${operation.id}: nothing is known to call it with`);
  const asked = query.replaceAll(/(camera_id=)[^&]*/g, `$1${camera}`);
  const sent = body === undefined ? {} : { body: JSON.parse(body) as object };
  return { method, path: asked === '' ? filled : `${filled}?${asked}`, ...sent };
}

/**
 * Calls of every switched operation of the catalogue; one that is added later is in it. Groups take turns, and the first
 * operation of a group has half of its calls, so that each group has one with enough of them for a verdict.
 */
export function catalogueTraffic(site: TrafficSite): (i: number) => LoadRequest {
  const groups = rolloutGroups.map((group) => switched.filter((operation) => operation.group === group));
  const made: Made = { cameras: [], rules: [] };
  const control = switched.filter(({ context, effect }) => context === 'camera-control' && effect === 'write');
  let asked = 0;
  return (i) => {
    const operations = pick(groups, i);
    const turn = Math.floor(i / groups.length);
    const operation = pick(operations, turn % 2 === 0 ? 0 : (turn - 1) / 2);
    if (!control.includes(operation)) return requestOf(operation, turn, site, made);
    asked += 1;
    const rare = asked % CONTROL_EVERY === 0 ? pick(control, asked / CONTROL_EVERY) : undefined;
    return requestOf(
      rare ??
        pick(
          operations.filter(({ effect }) => effect === 'read'),
          turn,
        ),
      turn,
      site,
      made,
    );
  };
}

function requestOf(operation: Operation, i: number, site: TrafficSite, made: Made): LoadRequest {
  if (operation.id === 'cameras.remove') return removal('/cameras', made.cameras);
  if (operation.id === 'alerts.create' && made.rules.length >= MOST_RULES) return removal('/alerts/rules', made.rules);
  if (operation.id === 'alerts.remove') return removal('/alerts/rules', made.rules);
  const override = OVERRIDES[operation.id];
  if (override) return { method: operation.verb, ...override(i, site, made) };
  const example = examples.find((each) => each.operation === operation.id);
  if (!example) throw new Error(`${operation.id} has no example`);
  const { path, ...rest } = onSite(example, operation, i, site);
  return { ...rest, path: path.replace(PREFIX, '') };
}
