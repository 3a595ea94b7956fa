import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '../../src/infrastructure/postgres/database';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { PgMembership } from '../../src/infrastructure/postgres/pg-membership';
import { placeOf, thisProcess } from '../../src/infrastructure/system/process-identity';
import { rememberingLog } from '../support/quiet-log';
import { BareSite } from '../support/service-run';
import { temporaryDirectory } from '../support/temporary-directory';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

describe('two services on one database', () => {
  let postgres: TestDatabase;
  const sites: BareSite[] = [];
  beforeEach(async () => {
    postgres = await createTestDatabase();
  });
  afterEach(async () => {
    for (const site of sites.splice(0)) await site.remove();
    await postgres.drop();
  });
  const site = () => {
    const one = new BareSite();
    sites.push(one);
    writeFileSync(one.camerasFile, 'cameras: []\n');
    return one;
  };

  it('with a cameras file each: the second refuses to run and says what to do, and the first goes on', async () => {
    const [one, two] = [site(), site()];
    const url = await one.start({ DATABASE_URL: postgres.url }).ready();
    const { code, output } = await two.start({ DATABASE_URL: postgres.url }).ended;
    expect(code).toBe(1);
    expect(output).toContain('runs on the same database with another cameras file');
    for (const file of [one.camerasFile, two.camerasFile]) expect(output).toContain(file);
    expect(output).toContain('Set CAMERAS_FILE to the same file');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }, 180_000);

  it('with one cameras file, by whatever path: both run', async () => {
    const [one, two] = [site(), site()];
    await one.start({ DATABASE_URL: postgres.url }).ready();
    const link = path.join(two.dir, 'linked.yaml');
    symlinkSync(one.camerasFile, link);
    await two.start({ DATABASE_URL: postgres.url, CAMERAS_FILE: link }).ready();
  }, 180_000);

  it('one after the other, the first killed: the second may have another file at once', async () => {
    const database = new Database(postgres.url, () => undefined);
    await database.open();
    const { pid } = spawnSync('true');
    const connections: DedicatedConnection[] = [];
    const connectionOf = () => {
      const connection = new DedicatedConnection(postgres.url, rememberingLog());
      connections.push(connection);
      return connection;
    };
    const member = (file: string, more: object) =>
      new PgMembership(
        connectionOf(),
        { id: randomUUID(), name: 'n', ...thisProcess(), place: 'p', file, filePath: file, ...more },
        rememberingLog(),
      );
    const [dead, next] = [member('a', { pid, started: '1' }), member('b', {})];
    await dead.join();
    await next.join();
    await expect(member('c', {}).join()).rejects.toThrow('another cameras file');
    await Promise.all([dead.stop(), next.stop()]);
    await Promise.all(connections.map((connection) => connection.stop()));
    await database.close();
  });
});

describe('the identity of a cameras file', () => {
  it('is that of the file, not of its text nor of the path', () => {
    const dir = temporaryDirectory();
    const at = (name: string) => path.join(dir, name);
    mkdirSync(at('a'));
    mkdirSync(at('b'));
    const file = at('a/cameras.yaml');
    const before = placeOf(file);
    writeFileSync(file, 'cameras: []\n');
    expect(placeOf(file)).toBe(before);
    // Replaced as a whole, as every change of it is.
    writeFileSync(at('a/new'), 'cameras: [] # new\n');
    renameSync(at('a/new'), file);
    expect(placeOf(file)).toBe(before);
    symlinkSync(at('a'), at('link'));
    expect(placeOf(at('link/cameras.yaml'))).toBe(before);
    linkSync(file, at('b/cameras.yaml'));
    expect(placeOf(at('b/cameras.yaml'))).not.toBe(before);
    rmSync(dir, { recursive: true });
  });
});
