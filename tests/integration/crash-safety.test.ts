import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigStep } from '../../src/application/shared/configuration-publication';
import type { CrashOperation } from '../crash/crash-operations';
import { type CrashOutcome, crashTrial } from '../crash/crash-trial';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

/** The short form of `npm run test:crash`: around COMMIT and rename of every operation. */
const DELICATE: readonly [ConfigStep, CrashOutcome][] = [
  ['stage.half-written', 'before'],
  ['revision.added', 'before'],
  ['commit.after', 'after'],
  ['rename.before', 'after'],
  ['rename.after', 'after'],
];
const TABLE_FIRST: readonly CrashOperation[] = [
  'create',
  'update',
  'delete',
  'restore',
  'region-update',
  'region-batch',
];
/** In file-first operations the rename is the point of no return; the table follows at the restart. */
const FILE_FIRST: readonly [CrashOperation, ConfigStep, CrashOutcome][] = [
  ['legacy-update', 'stage.synced', 'before'],
  ['legacy-update', 'rename.before', 'before'],
  ['legacy-update', 'rename.after', 'after'],
  ['legacy-update', 'revision.added', 'after'],
  ['legacy-update', 'commit.after', 'after'],
  ['absorb', 'absorb.before', 'after'],
  ['absorb', 'revision.added', 'after'],
  ['absorb', 'commit.after', 'after'],
  ['region-absorb', 'absorb.before', 'after'],
  ['region-absorb', 'revision.added', 'after'],
  ['region-absorb', 'commit.after', 'after'],
];

describe('SIGKILL of the process at', () => {
  let database: TestDatabase;
  let dir: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    dir = mkdtempSync(join(tmpdir(), 'watchgate-crash-'));
  });
  afterAll(async () => {
    await database.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  const cases = [
    ...TABLE_FIRST.flatMap((operation) => DELICATE.map(([step, outcome]) => [operation, step, outcome] as const)),
    ...FILE_FIRST,
  ];
  it.each(cases)('%s, %s leaves table, file and revision equal: all as %s', async (operation, step, outcome) => {
    expect(await crashTrial({ operation, step }, database.url, dir)).toBe(outcome);
  });
});
