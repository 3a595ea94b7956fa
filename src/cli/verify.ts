import { catalogue } from '../api/catalogue';
import type { Operation } from '../api/http/operation';
import type { Acknowledged, GroupOverview, VerificationView } from '../application/rollout/group-overview';
import { bucketOf } from '../domain/rollout/bucket';
import { toJson } from '../domain/shared/json';
import { CommandError, EXIT, type Reply, type ReportedCheck, type RolloutClient } from './rollout-client';
import { type Verification, WRITE_PROBES, comparedReads, comparedWrites } from './verify-probes';

/** Calls each way: 59 without a single leak prove with 95 % that fewer than 5 % leak. */
const CALLS = 59;
/** After this long the kill of an interrupted drill is lifted automatically. */
const KILL_SECONDS = 30;

export interface VerifyOptions {
  /** The expected share of the group; absent: any share is accepted. */
  readonly percent?: number;
  /** After this long the service removes what an interrupted verification made. */
  readonly leaseSeconds: number;
  readonly say: (line: string) => void;
  /** Ends the verification; what it made is removed in any case. */
  readonly signal: AbortSignal;
}

/** One unforced call with a chosen key. */
interface Probe {
  readonly operation: string;
  send(key: string, options?: { drill?: boolean }): Promise<Reply>;
}

/**
 * Proves from outside that a group has the share that the service reports, that it falls back, and that it can be
 * stopped.
 */
export async function verify(
  client: RolloutClient,
  group: GroupOverview,
  options: VerifyOptions,
): Promise<ReportedCheck[]> {
  const { percent, leaseSeconds, signal } = options;
  if (percent !== undefined && group.percent !== percent)
    throw new CommandError(EXIT.refused, `${group.group} is at ${group.percent} %, not at ${percent} %.`);
  const path = `/rollout/${group.group}/verifications`;
  const view = await client.ask<VerificationView>('POST', path, { lease_seconds: leaseSeconds });
  const begun = { view, accepted: { events: 0 } };
  const over = AbortSignal.timeout(leaseSeconds * 1000);
  const under = client.verifying(AbortSignal.any([signal, over]));
  try {
    const checks = await checksOf(under, group, begun, options);
    const { percent: share, effective_percent } = group;
    const report = { percent: share, effective_percent, checks: toJson(checks) };
    await under.ask('POST', `/rollout/${group.group}/verified`, { passed: checks.every((c) => c.passed), report });
    return checks;
  } catch (error) {
    if (!over.aborted || signal.aborted) throw error;
    const message = `The verification of ${group.group} took longer than ${leaseSeconds} s: give it more with --lease.`;
    throw new CommandError(EXIT.failed, message);
  } finally {
    // A verification whose time was over has been ended already.
    await client.send('DELETE', `/rollout/verifications/${view.id}`);
  }
}

async function checksOf(
  client: RolloutClient,
  group: GroupOverview,
  begun: Verification,
  { leaseSeconds, say }: VerifyOptions,
): Promise<ReportedCheck[]> {
  const killSeconds = Math.min(KILL_SECONDS, leaseSeconds);
  const operations = operationsOf(group.group);
  const probe = readProbe(client, operations) ?? writeProbe(client, operations, begun);
  const { inside, outside } = keysOf(group);
  say(
    `${group.group}: probing ${probe.operation} with ${inside.length} keys inside and ${outside.length} outside the cohort`,
  );
  const checks = [await served(probe, inside, 'domain'), await served(probe, outside, 'legacy')];
  const [first] = inside;
  if (first !== undefined)
    checks.push(
      await fallsBack(probe, first),
      ...(await canBeStopped(client, probe, { group: group.group, key: first, killSeconds })),
    );
  checks.push(...(await comparedReads(client, operations)));
  checks.push(...(await comparedWrites(client, group.group, begun)));
  return checks;
}

function operationsOf(group: string): readonly Operation[] {
  const rows: Operation[] = Object.values(catalogue).flatMap((context) => Object.values<Operation>(context));
  return rows.filter((o) => o.group === group);
}

const headersOf = (key: string, drill: boolean | undefined): Record<string, string> => ({
  'x-rollout-probe': key,
  ...(drill ? { 'x-rollout-drill': 'fail-domain' } : {}),
});

/** A read of the group, preferably one that is sticky by a camera in its path: any text is a valid key for it. */
function readProbe(client: RolloutClient, operations: readonly Operation[]): Probe | undefined {
  const reads = operations.filter((o) => o.effect === 'read' && o.verb === 'GET');
  const byCamera = reads.find((o) => o.stickyBy === 'camera_id' && o.path.includes('{camera_id}'));
  const operation = byCamera ?? reads.find((o) => o.stickyBy === 'caller' && !o.path.includes('{'));
  if (!operation) return undefined;
  return {
    operation: operation.id,
    send: (key, { drill } = {}) => {
      const path = operation.path.replace('{camera_id}', encodeURIComponent(key));
      return client.send('GET', path, { headers: headersOf(key, drill) });
    },
  };
}

/** A write on entities of the verification. */
function writeProbe(client: RolloutClient, operations: readonly Operation[], begun: Verification): Probe {
  const operation = operations.find((o) => o.id in WRITE_PROBES && o.stickyBy === 'caller');
  const probe = operation && WRITE_PROBES[operation.id];
  if (!operation || !probe)
    throw new CommandError(EXIT.failed, `Nobody has said how to probe ${operations.map((o) => o.id).join(', ')}.`);
  return {
    operation: operation.id,
    send: async (key, { drill } = {}) => {
      const reply = await client.send(operation.verb, operation.path, {
        headers: headersOf(key, drill),
        body: probe.body(begun.view),
      });
      if (reply.status === 200) await probe.after?.(client, reply, begun);
      return reply;
    },
  };
}

/** Keys whose buckets lie inside and outside the cohort, computed here and not taken from the service. */
function keysOf({ seed, effective_percent, holdout_percent }: GroupOverview): { inside: string[]; outside: string[] } {
  const threshold = Math.round((effective_percent - holdout_percent) * 100);
  const keys = Array.from({ length: 200_000 }, (_, i) => `probe-${i}`);
  const isInside = (key: string) => bucketOf(key, seed) < threshold;
  return {
    inside: keys.filter(isInside).slice(0, CALLS),
    outside: keys.filter((key) => !isInside(key)).slice(0, CALLS),
  };
}

async function served(probe: Probe, keys: readonly string[], path: 'domain' | 'legacy'): Promise<ReportedCheck> {
  const by: string[] = [];
  for (const key of keys) {
    const { status, headers } = await probe.send(key);
    by.push(status < 500 ? String(headers.get('x-served-by')) : `status ${status}`);
  }
  const leaks = by.filter((p) => p !== path);
  return {
    name: `keys ${path === 'domain' ? 'inside' : 'outside'} the cohort are served by ${path}`,
    passed: leaks.length === 0,
    figure: `${keys.length} calls, ${leaks.length} leaks${leaks.length > 0 ? ` (${[...new Set(leaks)].join(', ')})` : ''}`,
  };
}

async function fallsBack(probe: Probe, key: string): Promise<ReportedCheck> {
  const { status, headers } = await probe.send(key, { drill: true });
  const [by, why] = [headers.get('x-served-by'), headers.get('x-rollout-reason')];
  const passed = by === 'legacy' && why === 'fallback' && status < 500;
  return { name: 'a failing domain path falls back to legacy', passed, figure: `${status} by ${by}, ${why}` };
}

async function canBeStopped(
  client: RolloutClient,
  probe: Probe,
  { group, key, killSeconds }: { group: string; key: string; killSeconds: number },
): Promise<ReportedCheck[]> {
  const change = async (action: 'kill' | 'unkill', by: RolloutClient, expected: 'domain' | 'legacy') => {
    const from = performance.now();
    const lasting = action === 'kill' ? { for_seconds: killSeconds } : {};
    const done = await by.ask<Acknowledged>('POST', `/rollout/${action}`, {
      group,
      reason: 'verification',
      ...lasting,
    });
    const ms = performance.now() - from;
    return async (): Promise<ReportedCheck> => {
      const served = (await probe.send(key)).headers.get('x-served-by');
      const passed = done.applied === done.of && served === expected;
      const figure = `${done.applied} of ${done.of} in ${ms.toFixed(0)} ms, then by ${served}`;
      return { name: `${action} reaches every instance`, passed, figure };
    };
  };
  let unkilled: (() => Promise<ReportedCheck>) | undefined;
  const checks: ReportedCheck[] = [];
  try {
    checks.push(await (await change('kill', client, 'legacy'))());
  } finally {
    // Also after an interruption; should this call not get through, the service lifts the kill by itself.
    unkilled = await change('unkill', client.toTheEnd(), 'domain');
  }
  return [...checks, await unkilled()];
}
