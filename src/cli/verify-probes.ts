import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '../api/http/operation';
import type { VerificationView } from '../application/rollout/group-overview';
import { type Difference, differences, lasting } from '../application/rollout/json-difference';
import { type Json, isJsonObject, toJson } from '../domain/shared/json';
import { CommandError, EXIT, type Reply, type ReportedCheck, type RolloutClient } from './rollout-client';

/** How many existing entities of one kind are requested, besides one that does not exist. */
const MOST = 5;
/** Longer than the file and the journal may lag behind the tables in normal operation. */
const CONFIRM_AFTER_MS = 3_000;

/** For each path parameter: some ids that exist, and one that does not. */
const KEYS: Readonly<Record<string, (client: RolloutClient) => Promise<readonly (string | number)[]>>> = {
  camera_id: async (client) => [...(await idsIn(client, '/cameras', 'cameras')), 'probe-that-does-not-exist'],
  rule_id: async (client) => [...(await idsIn(client, `/alerts/rules?limit=${MOST}`, 'items')), 2_000_000_000],
  violation_id: async (client) => [
    ...(await idsIn(client, `/records/violations?limit=${MOST}`, 'violations')),
    2_000_000_000,
  ],
};

async function idsIn(client: RolloutClient, path: string, list: string): Promise<(string | number)[]> {
  const body = await client.ask<Readonly<Record<string, readonly { readonly id: string | number }[]>>>('GET', path);
  return (body[list] ?? []).slice(0, MOST).map(({ id }) => id);
}

/** Every read of a group, on both paths, for what exists and for what does not. */
export async function comparedReads(client: RolloutClient, operations: readonly Operation[]): Promise<ReportedCheck[]> {
  const reads = operations.filter((o) => o.effect === 'read');
  if (reads.length === 0) return [];
  const calls = (await Promise.all(reads.map((operation) => callsOf(client, operation)))).flat();
  const different: string[] = [];
  let partial = 0;
  for (const call of calls) {
    const found = await compared(client, call);
    if (found === 'partial') partial += 1;
    else if (found.length > 0) different.push(`${call.path} at ${found[0]?.pointer}`);
  }
  const left = partial === 0 ? '' : `, ${partial} left out because a path knows only a part`;
  const first = different.length === 0 ? '' : ` (${different[0]})`;
  const figure = `${calls.length - partial} compared, ${different.length} different${first}${left}`;
  return [{ name: 'both paths give the same answers', passed: different.length === 0, figure }];
}

interface ReadCall {
  readonly operation: Operation;
  readonly path: string;
}

async function callsOf(client: RolloutClient, operation: Operation): Promise<ReadCall[]> {
  const part = /\{(\w+)\}/.exec(operation.path)?.[1];
  if (part === undefined) return [{ operation, path: operation.path }];
  const keys = KEYS[part];
  if (!keys) throw new CommandError(EXIT.failed, `Nobody has said which ${part} ${operation.id} can be asked for.`);
  const all = await keys(client);
  // Two pictures of a camera cannot be compared, and an unreachable camera takes seconds to answer.
  return (operation.produces.startsWith('image/') ? all.slice(-1) : all).map((key) => ({
    operation,
    path: operation.path.replace(`{${part}}`, encodeURIComponent(key)),
  }));
}

/** Where the answers differ, and still differ when both are read again. */
async function compared(client: RolloutClient, call: ReadCall): Promise<Found> {
  let found = await differencesNow(client, call);
  for (const wait of [0, CONFIRM_AFTER_MS]) {
    if (found === 'partial' || found.length === 0) return found;
    await pause(wait);
    const again = await differencesNow(client, call);
    found = again === 'partial' ? again : lasting(found, again);
  }
  return found;
}

type Found = readonly Difference[] | 'partial';

async function differencesNow(client: RolloutClient, { operation, path }: ReadCall): Promise<Found> {
  const ask = (force: boolean) => client.send(operation.verb, `${path}?force_domain=${force}`);
  const [domain, legacy] = [await ask(true), await ask(false)];
  if ([domain, legacy].some(({ headers }) => headers.get('x-answer-partial') !== null)) return 'partial';
  const may = domain.status === 200 ? operation.mayDiffer.map((pointer) => `/body${pointer}`) : ['/body/request_id'];
  const side = ({ status, body }: typeof domain): Json => ({ status, body: body as Json });
  return differences(side(domain), side(legacy), may);
}

const INGESTED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** A verification, and how many of its events the service reported as accepted. */
export interface Verification {
  readonly view: VerificationView;
  readonly accepted: { events: number };
}

interface WriteProbe {
  body(verification: VerificationView): object;
  /** Counts or undoes the effect of a successful call. */
  after?(client: RolloutClient, done: Reply, verification: Verification): Promise<unknown>;
}

const rule = ({ id }: VerificationView) => ({
  name: id,
  rule_type: 'violation_threshold',
  conditions: { threshold: 10_000 },
  notification_channels: ['log'],
  enabled: false,
  created_by: id,
});

const event = ({ event_camera_id: camera_id }: VerificationView) => ({
  id: randomUUID(),
  ts: Date.now() / 1000,
  type: 'VERIFICATION',
  camera_id,
});

const camera = ({ id }: VerificationView) => ({ id, name: 'verification', source: 'testsrc:', active: false });

/** How to call a write of a group that has no read, by the id of the operation; each leaves things unchanged. */
export const WRITE_PROBES: Readonly<Record<string, WriteProbe>> = {
  'events.post': {
    body: (verification) => ({ events: [event(verification)] }),
    after: async (_client, { body }, { accepted }) => {
      accepted.events += acceptedIn(body as Json);
    },
  },
  'alerts.create': {
    body: rule,
    after: (client, { body }) => client.ask('DELETE', `/alerts/rules/${(body as { id: number }).id}`),
  },
  'records.setStatuses': {
    body: ({ violation_id }) => ({ violation_ids: [violation_id], status: 'pending' }),
  },
};

/** Sends a call by one path, and records the answer. */
type Send = (method: string, path: string, body?: object) => Promise<Json>;

/**
 * Steps that are done by one path and then by the other, on entities of the verification: the results must be equal.
 */
const SCRIPTS: Readonly<Record<string, (send: Send, verification: VerificationView) => Promise<unknown>>> = {
  'alert-rules': async (send, verification) => {
    const made = await send('POST', '/alerts/rules', rule(verification));
    const one = `/alerts/rules/${idIn(made)}`;
    await send('GET', one);
    await send('PUT', one, { priority: 'high', conditions: { threshold: 20 } });
    await send('GET', one);
    await send('PUT', one, { priority: 'none' });
    await send('DELETE', one);
    await send('GET', one);
  },
  'camera-config': async (send, verification) => {
    const one = `/cameras/${verification.id}`;
    await send('POST', '/cameras', camera(verification));
    await send('POST', '/cameras', camera(verification));
    await send('PUT', one, { fps: 7, location: 'nowhere' });
    await send('GET', one);
    await send('PUT', one, { fps: -1 });
    await send('DELETE', one);
    await send('GET', one);
  },
  'camera-control': async (send, verification) => {
    const one = `/cameras/${verification.id}`;
    await send('POST', `${one}/start`);
    await send('PUT', `${one}/auto-start?auto_start=true`);
    await send('POST', `${one}/activate`);
    await send('PUT', `${one}/auto-start?auto_start=false`);
    await send('GET', one);
    await send('POST', `${one}/stop`);
    await send('POST', `${one}/deactivate`);
    await send('GET', one);
    await send('GET', `${one}/status`);
  },
  'violation-status': async (send, { violation_id: id }) => {
    await send('PUT', '/records/violations/status', { violation_ids: [id], status: 'pending', notes: 'verification' });
    await send('PUT', `/records/violations/${id}/status?status=confirmed&handled_by=verification`);
    await send('GET', `/records/violations/${id}`);
    await send('PUT', `/records/violations/${id}/status?status=nothing`);
    await send('PUT', '/records/violations/status', { violation_ids: [id, 2_000_000_000], status: 'pending' });
    await send('GET', `/records/violations/${id}`);
  },
  'event-write': async (send, verification) => {
    const one = event(verification);
    await send('POST', '/events', { events: [one] });
    await send('POST', '/events', { events: [one, { ...one, ts: 'never', id: 'x' }] });
  },
};

/** The results of the writes of a group by each path. Groups that only read have none. */
export async function comparedWrites(
  client: RolloutClient,
  group: string,
  { view: verification, accepted }: Verification,
): Promise<ReportedCheck[]> {
  const script = SCRIPTS[group];
  if (!script) return [];
  if (group === 'camera-control') await client.ask('POST', '/cameras', camera(verification));
  const by = async (force: boolean): Promise<Json[]> => {
    const answers: Json[] = [];
    const send: Send = async (method, path, body) => {
      const forced = `${path}${path.includes('?') ? '&' : '?'}force_domain=${force}`;
      const { status, body: answer } = await client.send(method, forced, body ? { body } : {});
      accepted.events += acceptedIn(answer as Json);
      answers.push({ call: `${method} ${path.replace(/\d+$/, '#')}`, status, answer: comparable(toJson(answer)) });
      return answer as Json;
    };
    await script(send, verification);
    return answers;
  };
  const [domain, legacy] = [await by(true), await by(false)];
  const found = differences(domain, legacy, []);
  const first = found[0] ? ` (${JSON.stringify(found[0])})` : '';
  const figure = `${domain.length} calls each, ${found.length} different${first}`;
  const checks = [{ name: 'writes have the same effect by both paths', passed: found.length === 0, figure }];
  return group === 'event-write' ? [...checks, await ingested(client, verification.id, accepted.events)] : checks;
}

const acceptedIn = (answer: Json): number => (isJsonObject(answer) ? Number(answer.accepted ?? 0) : 0);
const idIn = (answer: Json): string => (isJsonObject(answer) ? String(answer.id) : '');

/** Members that differ in each call, whatever the path. */
const PASSING = /^(id|request_id|version|since|.*_at|created_by)$/;
const NUMBERED = /\b\d{1,10}\b/g;

/** An answer without the members that differ in each call. */
function comparable(answer: Json): Json {
  if (Array.isArray(answer)) return answer.map((item: Json) => comparable(item));
  if (!isJsonObject(answer)) return answer;
  const kept = Object.entries(answer).filter(([name, value]) => !PASSING.test(name) || value === null);
  const texts = (name: string, value: Json): Json =>
    name === 'detail' && typeof value === 'string' ? value.replaceAll(NUMBERED, '#') : comparable(value);
  return Object.fromEntries(kept.map(([name, value]) => [name, texts(name, value)]));
}

/** Checks that every accepted event has come through the journal exactly once. */
async function ingested(client: RolloutClient, id: string, accepted: number): Promise<ReportedCheck> {
  const deadline = performance.now() + INGESTED_WITHIN_MS;
  for (;;) {
    const { events } = await client.ask<VerificationView>('GET', `/rollout/verifications/${id}`);
    const figure = `${accepted} accepted, ${events} ingested`;
    if (events >= accepted || performance.now() > deadline)
      return { name: 'every event is ingested once', passed: events === accepted, figure };
    await pause(LOOK_EVERY_MS);
  }
}
