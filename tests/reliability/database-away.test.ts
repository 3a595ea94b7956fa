import { randomUUID } from 'node:crypto';
import { ApiToken } from '../../src/domain/access/api-token';
import { effectOf } from '../../src/domain/shared/domain-error';
import { Database } from '../../src/infrastructure/postgres/database';
import { unavailable } from '../../src/infrastructure/postgres/pg-errors';
import { PgTokens } from '../../src/infrastructure/postgres/pg-tokens';
import { Cable } from '../support/cable';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const token = () =>
  ApiToken.restore({
    id: randomUUID().replaceAll('-', '').slice(0, 16),
    name: 'n',
    role: 'viewer',
    hash: '0'.repeat(64),
    createdAt: new Date(),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  });

describe('a database behind a cable', () => {
  let postgres: TestDatabase;
  let cable: Cable;
  let database: Database;
  beforeEach(async () => {
    postgres = await createTestDatabase();
    cable = new Cable(postgres.url);
    database = new Database(await cable.open(), () => undefined);
    await database.open();
  });
  afterEach(async () => {
    cable.close();
    await database.close();
    await postgres.drop();
  });

  const isThere = () =>
    database.ready().then(
      () => true,
      () => false,
    );

  it('is found again after it was silent for longer than any question waits, and then cut all connections', async () => {
    // The connection that asks has to be one that was well.
    const watching = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'watchgate-watch'
      AND state = 'idle' AND query LIKE 'SELECT%'`;
    await eventually(async () => expect(await database.query(watching, [])).toHaveLength(1));
    const from = performance.now();
    cable.silent = true;
    await eventually(async () => !(await isThere()));
    // By now the connection that asks was given up, and others that were being made.
    await eventually(async () => performance.now() - from > 7_000 && !(await isThere()), { within: 20_000 });
    cable.cut();
    cable.silent = false;
    await eventually(isThere, { within: 20_000, what: 'the database to be found again' });
  }, 180_000);

  it('is found again after each of several short interruptions', async () => {
    for (let i = 0; i < 3; i++) {
      cable.refusing = true;
      cable.cut();
      await eventually(async () => !(await isThere()));
      cable.refusing = false;
      await eventually(isThere, { within: 20_000 });
    }
  }, 180_000);

  it('that goes silent in the middle of a write leaves nobody in the belief that nothing was changed', async () => {
    const tokens = new PgTokens(database);
    await tokens.all();
    const one = token();
    cable.silent = true;
    const outcomes = await Promise.allSettled([
      tokens.add(one),
      tokens.revoke(one.fields.id, new Date()),
      tokens.used(new Map([[one.fields.id, new Date()]])),
      tokens.all(),
    ]);
    const effects = outcomes.map((o) => (o.status === 'rejected' ? effectOf(o.reason) : 'done'));
    expect(effects).toEqual(['unknown', 'unknown', 'unknown', 'not-started']);
  });

  it('is asked what time it is, and that is the time, whatever the clock of this machine says', async () => {
    const real = Date.now();
    const wrong = jest.spyOn(Date, 'now').mockReturnValue(real + 200 * 86_400_000);
    try {
      expect(Math.abs(database.now().getTime() - real)).toBeLessThan(60_000);
      expect(database.clockDifference()).toBeGreaterThan(199 * 86_400_000);
    } finally {
      wrong.mockRestore();
    }
  });

  it('that was brought up to date by a later version is refused, not used', async () => {
    await database.execute(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`, []);
    const later = new Database(postgres.url, () => undefined);
    await expect(later.open()).rejects.toThrow(/later version of this program \(Later9999999999999\)/);
    await later.close();
    // One that runs already goes on: a new version may be started beside it.
    await database.ready();
  });

  it('does work again that met another transaction, and tells of it only when that goes on', async () => {
    await database.execute('CREATE TABLE counted (n int)', []);
    await database.execute('INSERT INTO counted VALUES (0)', []);
    let tries = 0;
    await database.transaction(async (sql) => {
      tries += 1;
      if (tries < 3) await sql.execute(`DO $$ BEGIN RAISE serialization_failure; END $$`, []);
      await sql.execute('UPDATE counted SET n = n + 1', []);
    });
    expect([tries, await database.query('SELECT n FROM counted', [])]).toEqual([3, [{ n: 1 }]]);
    await expect(
      database.transaction((sql) => sql.execute(`DO $$ BEGIN RAISE deadlock_detected; END $$`, [])),
    ).rejects.toMatchObject({ code: 'database.unavailable', effect: 'rolled-back' });
  });

  it.each(['25006', '40001', '57P03', '53300'])('that answers %s is away for now, no fault of this program', (code) => {
    const refusal = Object.assign(new Error('no'), { code });
    expect(unavailable(refusal, 'rolled-back')).toMatchObject({ kind: 'unavailable', code: 'database.unavailable' });
  });
});
