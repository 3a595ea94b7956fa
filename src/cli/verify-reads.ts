import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '../api/http/operation';
import { type Difference, differences, lasting } from '../application/rollout/json-difference';
import type { Json } from '../domain/shared/json';
import { type Check, CommandError, EXIT, type RolloutClient } from './rollout-client';

/** Entities of one kind that are asked for, beside one that there is not. */
const MOST = 5;
/** Longer than the file and the journal may honestly lag behind the tables. */
const CONFIRM_AFTER_MS = 3_000;

/** For each part of a path: some that exist, and one that does not. */
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

/** Every read of a group, asked on both paths about what there is and about what there is not. */
export async function comparedReads(client: RolloutClient, operations: readonly Operation[]): Promise<Check[]> {
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
  // Of two pictures of a camera nothing could be compared, and one that is away takes seconds to say so.
  return (operation.produces.startsWith('image/') ? all.slice(-1) : all).map((key) => ({
    operation,
    path: operation.path.replace(`{${part}}`, encodeURIComponent(key)),
  }));
}

/** Where the answers differ, and go on to differ when both are asked again. */
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
