import { Client } from 'pg';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { catalogue, rolloutGroups } from '../../src/api/catalogue';
import type { CamerasPort } from '../../src/application/cameras/cameras-port';
import { CONFIG_STEPS, type ConfigStep } from '../../src/application/shared/configuration-publication';
import { seedRollout } from '../../src/application/rollout/rollout-seeding';
import { type CallContext, runInCall } from '../../src/application/shared/call-context';
import { type Site, createSite } from '../../src/composition/site';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { effectOf } from '../../src/domain/shared/domain-error';
import { rememberingLog } from '../support/quiet-log';
import { routedPort } from '../support/routed-port';
import { testSettings } from '../support/test-site';

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
  const site = createSite(testSettings({ databaseUrl, camerasFile }), { log: rememberingLog(), onStep });
  try {
    await site.platform.database.open();
    await site.cameras.configuration.reconcile();
    const store = site.rollout.store;
    await seedRollout(store, readPlans(null, rolloutGroups).plans, {
      instruction: { useDomain: true, percent: 100 },
    });
    site.rollout.policy.install(await store.load());
    const router = site.rollout.router;
    const port = routedPort(router, catalogue.cameras, site.cameras.domain, site.legacy.cameras);
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
    await site.platform.database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function check(site: Site, trial: WriteFault, file: string, dir: string, error: unknown, context: CallContext) {
  await site.cameras.configuration.reconcile();
  const cameras = (await site.cameras.repository.all()).map((c) => c.fields);
  const reading = site.cameras.format.read(readFileSync(file, 'utf8'));
  if (!isDeepStrictEqual(reading.entries, cameras)) throw new Error('table and file differ');
  const { items } = await site.cameras.revisions.page(100, 0);
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
