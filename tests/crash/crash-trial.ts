import { Client } from 'pg';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ConfigStep } from '../../src/application/shared/configuration-publication';
import { type Site, createSite } from '../../src/composition/site';
import { rememberingLog } from '../support/quiet-log';
import { testSettings } from '../support/test-site';
import { AFTER, type CrashOperation, subjectOf } from './crash-operations';

/** `before`/`after`: what recovery found to be true; `unreached`: the operation has no such step. */
export type CrashOutcome = 'before' | 'after' | 'unreached';

export interface CrashTrial {
  readonly operation: CrashOperation;
  readonly step: ConfigStep;
}

/** Brings a site to a known state, kills a process at one step of an operation, restarts, and checks everything. */
export async function crashTrial(
  { operation, step }: CrashTrial,
  databaseUrl: string,
  dir: string,
): Promise<CrashOutcome> {
  const camerasFile = join(dir, 'cameras.yaml');
  await reset(databaseUrl, camerasFile, operation);
  const { killed, acknowledged } = await runChild([databaseUrl, camerasFile, operation, step]);
  const outcome = await recover(databaseUrl, camerasFile, operation);
  const leftovers = readdirSync(dir).filter((name) => name.endsWith('.tmp'));
  if (leftovers.length > 0) throw new Error(`left behind: ${leftovers.join(', ')}`);
  if (acknowledged && outcome !== 'after') throw new Error('an acknowledged change is lost');
  if (!killed && !acknowledged) throw new Error('the child neither died at the step nor finished');
  return killed ? outcome : 'unreached';
}

/** Revision 1 is the first text, revision 2 a change of it; to be absorbed, the file then holds an unseen edit. */
async function reset(databaseUrl: string, camerasFile: string, operation: CrashOperation): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await client.end();
  const subject = subjectOf(operation);
  const file = join(dirname(camerasFile), subject.file);
  writeFileSync(file, subject.first);
  await inSite(databaseUrl, camerasFile, async (site) => {
    await subject.of(site).configuration.reconcile();
    await subject.change(site);
  });
  if (operation.endsWith('absorb')) writeFileSync(file, subject.edit(readFileSync(file, 'utf8')));
}

async function recover(
  databaseUrl: string,
  camerasFile: string,
  operation: CrashOperation,
): Promise<'before' | 'after'> {
  return inSite(databaseUrl, camerasFile, async (site) => {
    const subject = subjectOf(operation);
    const { configuration, format, repository } = subject.of(site);
    const settled = await configuration.reconcile();
    if (settled.faults.length > 0) throw new Error('the file does not parse');
    const text = readFileSync(join(dirname(camerasFile), subject.file), 'utf8');
    const inFile = format.read(text).entries;
    const inTable = (await repository.all()).map(({ fields }) => fields);
    if (!isDeepStrictEqual(inFile, inTable)) throw new Error('table and file differ');
    if (settled.head?.text !== text) throw new Error('the file is not the newest revision');
    const seen = inTable.map((fields) => subject.show(fields));
    if (isDeepStrictEqual(seen, AFTER[operation])) return 'after';
    if (isDeepStrictEqual(seen, subject.before)) return 'before';
    throw new Error(`neither before nor after: ${seen.join(' ')}`);
  });
}

async function inSite<T>(databaseUrl: string, camerasFile: string, work: (site: Site) => Promise<T>): Promise<T> {
  const site = createSite(testSettings({ databaseUrl, camerasFile }), { log: rememberingLog() });
  const database = site.platform.database;
  try {
    await database.open();
    return await work(site);
  } finally {
    await database.close();
  }
}

/** The child runs compiled code: this file's own folder, or its twin below `dist` when jest runs the source. */
function runChild(args: readonly string[]): Promise<{ killed: boolean; acknowledged: boolean }> {
  const root = resolve(__dirname, '../..');
  const built = root.endsWith('dist') ? root : join(root, 'dist');
  const child = spawn(process.execPath, [join(built, 'tests/crash/crash-child.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (errors += String(data)));
  return new Promise((done, fail) => {
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0)
        fail(new Error(`the child failed in ${dirname(args[1] ?? '')}: ${errors}`));
      else done({ killed: signal === 'SIGKILL', acknowledged: out === 'ACK' });
    });
  });
}
