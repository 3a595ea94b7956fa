import { catalogue } from '../api/catalogue';
import type { Operation } from '../api/http/operation';
import { differences } from '../application/rollout/json-difference';
import type { Acknowledged, GroupOverview } from '../application/rollout/rollout-port';
import { bucketOf } from '../domain/rollout/bucket';
import { type Json, toJson } from '../domain/shared/json';
import { CommandError, EXIT, type Reply, type RolloutClient } from './rollout-client';

/** Calls each way: 59 without a single leak prove with 95 % that fewer than 5 % leak. */
const CALLS = 59;

export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly figure: string;
}

/** One unforced call with a key of our choosing. */
interface Probe {
  readonly operation: Operation;
  send(key: string, options?: { force?: boolean; drill?: boolean }): Promise<Reply>;
}

/** Proves from outside that a group's share is what it is said to be, that it falls back, and that it can be stopped. */
export async function verify(
  client: RolloutClient,
  group: GroupOverview,
  percent: number,
  say: (line: string) => void,
): Promise<Check[]> {
  if (group.percent !== percent)
    throw new CommandError(EXIT.refused, `${group.group} is at ${group.percent} %, not at ${percent} %.`);
  const probe = probeOf(client, group.group);
  const { inside, outside } = keysOf(group);
  say(`probing ${probe.operation.id} with ${inside.length} keys inside and ${outside.length} outside the cohort`);
  const checks = [await served(probe, inside, 'domain'), await served(probe, outside, 'legacy')];
  const [first] = inside;
  if (first !== undefined)
    checks.push(await fallsBack(probe, first), ...(await canBeStopped(client, probe, group.group, first)));
  checks.push(await pathsAgree(client, probe));
  const report = {
    percent,
    effective_percent: group.effective_percent,
    checks: toJson(checks),
  };
  await client.ask('POST', `/rollout/${group.group}/verified`, { passed: checks.every((c) => c.passed), report });
  return checks;
}

/** A read of the group, preferably one that is sticky by something in its path. */
function probeOf(client: RolloutClient, group: string): Probe {
  const rows: Operation[] = Object.values(catalogue).flatMap((context) => Object.values<Operation>(context));
  const reads = rows.filter((o) => o.group === group && o.effect === 'read' && o.verb === 'GET');
  const inPath = (o: Operation) => o.path.includes(`{${o.stickyBy}}`);
  const operation = reads.find(inPath) ?? reads.find((o) => o.stickyBy === 'caller');
  if (!operation) throw new CommandError(EXIT.refused, `${group} has no read that could be probed.`);
  return {
    operation,
    send: (key, { force, drill } = {}) => {
      const path = operation.path.replace(`{${operation.stickyBy}}`, encodeURIComponent(key));
      const headers = {
        'x-request-id': key,
        'x-rollout-probe': '1',
        ...(drill ? { 'x-rollout-drill': 'fail-domain' } : {}),
      };
      return client.send('GET', force === undefined ? path : `${path}?force_domain=${force}`, { headers });
    },
  };
}

/** Keys whose buckets lie inside and outside the cohort, computed here, not asked for. */
function keysOf({ seed, effective_percent, holdout_percent }: GroupOverview): { inside: string[]; outside: string[] } {
  const threshold = Math.round((effective_percent - holdout_percent) * 100);
  const keys = Array.from({ length: 200_000 }, (_, i) => `probe-${i}`);
  const isInside = (key: string) => bucketOf(key, seed) < threshold;
  return {
    inside: keys.filter(isInside).slice(0, CALLS),
    outside: keys.filter((key) => !isInside(key)).slice(0, CALLS),
  };
}

async function served(probe: Probe, keys: readonly string[], path: 'domain' | 'legacy'): Promise<Check> {
  const by: (string | null)[] = [];
  for (const key of keys) by.push((await probe.send(key)).headers.get('x-served-by'));
  const leaks = by.filter((p) => p !== path).length;
  return {
    name: `keys ${path === 'domain' ? 'inside' : 'outside'} the cohort are served by ${path}`,
    passed: leaks === 0,
    figure: `${keys.length} calls, ${leaks} leaks`,
  };
}

async function fallsBack(probe: Probe, key: string): Promise<Check> {
  const { status, headers } = await probe.send(key, { drill: true });
  const [by, why] = [headers.get('x-served-by'), headers.get('x-rollout-reason')];
  const passed = by === 'legacy' && why === 'fallback' && status < 500;
  return { name: 'a failing domain path falls back to legacy', passed, figure: `${status} by ${by}, ${why}` };
}

async function canBeStopped(client: RolloutClient, probe: Probe, group: string, key: string): Promise<Check[]> {
  const check = async (action: 'kill' | 'unkill', expected: 'domain' | 'legacy'): Promise<Check> => {
    const from = performance.now();
    const done = await client.ask<Acknowledged>('POST', `/rollout/${action}`, { group, reason: 'verification' });
    const ms = performance.now() - from;
    const by = (await probe.send(key)).headers.get('x-served-by');
    const passed = done.applied === done.of && by === expected;
    return {
      name: `${action} reaches every instance`,
      passed,
      figure: `${done.applied} of ${done.of} in ${ms.toFixed(0)} ms, then by ${by}`,
    };
  };
  return [await check('kill', 'legacy'), await check('unkill', 'domain')];
}

/** Both paths answer the same for what really exists, and for what does not. */
async function pathsAgree(client: RolloutClient, probe: Probe): Promise<Check> {
  const { body } = await client.send('GET', '/cameras');
  const ids = ((body as { cameras?: { id: string }[] } | null)?.cameras ?? []).slice(0, CALLS).map((c) => c.id);
  let different = 0;
  for (const key of [...ids, 'probe-that-does-not-exist']) {
    const [domain, legacy] = [await probe.send(key, { force: true }), await probe.send(key, { force: false })];
    const may = domain.status === 200 ? probe.operation.mayDiffer : ['/request_id'];
    if (domain.status !== legacy.status || differences(domain.body as Json, legacy.body as Json, may).length > 0)
      different += 1;
  }
  return {
    name: 'both paths give the same answers',
    passed: different === 0,
    figure: `${ids.length + 1} compared, ${different} different`,
  };
}
