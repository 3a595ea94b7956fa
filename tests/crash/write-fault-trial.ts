import { Client } from 'pg';
import type { DependencyContainer } from 'tsyringe';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { catalogue, rolloutGroups } from '../../src/api/catalogue';
import type { CamerasPort } from '../../src/application/cameras/cameras-port';
import { CONFIG_STEPS, type ConfigStep } from '../../src/application/cameras/configuration-publication';
import { seedRollout } from '../../src/application/rollout/rollout-seeding';
import { type CallContext, runInCall } from '../../src/application/shared/call-context';
import { wire } from '../../src/container';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { effectOf } from '../../src/domain/shared/domain-error';
import { keys } from '../../src/keys';
import { rememberingLog } from '../support/quiet-log';
import { routedPort } from '../support/routed-port';

export const WRITES = ['create', 'update', 'remove'] as const;
/** What goes wrong: an exception nobody foresaw, a full disk, every connection to the database lost. */
export const FAULTS = ['bug', 'disk', 'database'] as const;

export interface WriteFault {
  readonly write: (typeof WRITES)[number];
  readonly step: ConfigStep;
  readonly fault: (typeof FAULTS)[number];
}

/** How a caller was answered, after everything about the answer was found to be true. */
export type FaultOutcome =
  | 'answered'
  | 'answered by fallback'
  | 'refused, nothing done'
  | 'refused, done'
  | 'unreached';

const TEXT = `cameras:\n  - {id: cam1, name: one, source: '0', fps: 25}\n  - {id: cam2, name: two, source: '1'}\n`;

const perform = (write: WriteFault['write'], cameras: CamerasPort): Promise<unknown> => {
  switch (write) {
    case 'create':
      return cameras.create({ id: 'cam3', name: 'three', source: '2' });
    case 'update':
      return cameras.update({ camera_id: 'cam1', fps: 7 });
    case 'remove':
      return cameras.remove({ camera_id: 'cam2' });
  }
};

/** One write on the domain path with one fault at one step; throws if the effect or the answer is not as promised. */
export async function writeFaultTrial(trial: WriteFault, databaseUrl: string): Promise<FaultOutcome> {
  const dir = mkdtempSync(join(tmpdir(), 'watchgate-fault-'));
  const camerasFile = join(dir, 'cameras.yaml');
  writeFileSync(camerasFile, TEXT);
  await onServer(databaseUrl, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  let armed = false;
  let reached = false;
  const onStep = async (step: ConfigStep) => {
    if (!armed || step !== trial.step) return;
    [armed, reached] = [false, true];
    await strike(trial.fault, databaseUrl);
  };
  const site = wire({ databaseUrl, camerasFile, log: rememberingLog(), onStep });
  try {
    await site.resolve(keys.database).open();
    await site.resolve(keys.configuration).reconcile();
    const store = site.resolve(keys.rolloutStore);
    await seedRollout(store, readPlans(null, rolloutGroups).plans, {
      instruction: { useDomain: true, percent: 100 },
    });
    site.resolve(keys.policy).install(await store.load());
    const router = site.resolve(keys.router);
    const port = routedPort(
      router,
      catalogue.cameras,
      site.resolve(keys.camerasOnDomain),
      site.resolve(keys.camerasOnLegacy),
    );
    const context: CallContext = { requestId: 'trial' };
    armed = true;
    const error: unknown = await runInCall(context, () => perform(trial.write, port)).then(
      () => undefined,
      (e: unknown) => e,
    );
    armed = false;
    await check(site, trial, camerasFile, dir, error, context);
    if (!reached) return 'unreached';
    if (error) return effectOf(error) === 'committed' ? 'refused, done' : 'refused, nothing done';
    return context.served?.reason === 'fallback' ? 'answered by fallback' : 'answered';
  } finally {
    await site.resolve(keys.database).close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function check(
  site: DependencyContainer,
  trial: WriteFault,
  file: string,
  dir: string,
  error: unknown,
  context: CallContext,
) {
  await site.resolve(keys.configuration).reconcile();
  const cameras = (await site.resolve(keys.cameras).all()).map((c) => c.fields);
  const reading = site.resolve(keys.camerasFormat).read(readFileSync(file, 'utf8'));
  if (!isDeepStrictEqual(reading.cameras, cameras)) throw new Error('table and file differ');
  const { items } = await site.resolve(keys.revisions).page(100, 0);
  const effects = items.filter((r) => r.origin !== 'import' && r.changes.length > 0).length;
  const expected = error === undefined || effectOf(error) === 'committed' ? 1 : 0;
  if (effects !== expected) throw new Error(`${effects} effects, but the answer says ${expected}: ${String(error)}`);
  const before = CONFIG_STEPS.indexOf(trial.step) < CONFIG_STEPS.indexOf('commit.after');
  const fellBack = context.served?.reason === 'fallback';
  if (fellBack && !before) throw new Error('it fell back although the change was stored');
  const leftovers = readdirSync(dir).filter((name) => name.endsWith('.tmp'));
  if (leftovers.length > 0) throw new Error(`left behind: ${leftovers.join(', ')}`);
}

async function strike(fault: WriteFault['fault'], databaseUrl: string): Promise<void> {
  if (fault === 'bug') throw new TypeError('a bug');
  if (fault === 'disk') throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  await onServer(
    databaseUrl,
    'SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
