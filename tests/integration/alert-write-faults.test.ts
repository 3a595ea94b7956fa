import { catalogue } from '../../src/api/catalogue';
import type { AlertsPort } from '../../src/application/alerts/alerts-port';
import { type CallContext, runInCall } from '../../src/application/shared/call-context';
import type { Queryable } from '../../src/infrastructure/postgres/queryable';
import { routedPort } from '../support/routed-port';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const RULE = { name: 'new', rule_type: 'violation', conditions: { threshold: 5 } };
const WRITES = {
  create: (alerts: AlertsPort) => alerts.create(RULE),
  update: (alerts: AlertsPort, rule_id: number) => alerts.update({ rule_id, name: 'new' }),
  remove: (alerts: AlertsPort, rule_id: number) => alerts.remove({ rule_id }),
};
type Write = keyof typeof WRITES;
const names: readonly Write[] = ['create', 'update', 'remove'];

/** Ends every connection to the database, the one of the transaction included. */
const CUT =
  'SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

describe('a write of alert rules on the domain path that goes wrong', () => {
  let database: TestDatabase;
  let site: TestSite;
  let observer: TestSite;
  let ruleId: number;

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    ({ id: ruleId } = await site.modules.alerts.domain.create({ ...RULE, name: 'old' }));
    observer = await testSite({ databaseUrl: database.url });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await site.close();
    await observer.close();
    await database.drop();
  });

  const look = (sql: string) => observer.modules.platform.database.query<{ n: number }>(sql, []);
  const cut = () => look(CUT);
  /** How often the write took effect. */
  const effects = async (write: Write): Promise<number> => {
    const [created] = await look(`SELECT count(*)::int AS n FROM alert_rules WHERE name = 'new'`);
    const [left] = await look(`SELECT count(*)::int AS n FROM alert_rules WHERE name = 'old'`);
    return write === 'remove' ? 1 - (left?.n ?? 0) : (created?.n ?? 0);
  };
  const perform = async (write: Write) => {
    const { modules } = site;
    const router = modules.rollout.router;
    const port = routedPort(router, catalogue.alerts, modules.alerts.domain, modules.legacy.alerts);
    const context: CallContext = { requestId: 'trial', force: true };
    const error: unknown = await runInCall(context, () => WRITES[write](port, ruleId)).then(
      () => undefined,
      (e: unknown) => e,
    );
    return { error, reason: context.served?.reason };
  };

  const during = (fault: (sql: Queryable) => Promise<void>) => {
    const own = site.modules.platform.database;
    const transaction = own.transaction.bind(own);
    jest.spyOn(own, 'transaction').mockImplementation((work) =>
      transaction(async (sql) => {
        const done = await work(sql);
        await fault(sql);
        return done;
      }),
    );
  };

  it.each(names)(
    'by a bug after its statements: %s is rolled back, and done once by the legacy path',
    async (write) => {
      during(() => Promise.reject(new TypeError('a bug')));
      expect(await perform(write)).toEqual({ error: undefined, reason: 'fallback' });
      expect(await effects(write)).toBe(1);
    },
  );

  it.each(names)(
    'by a lost connection before the COMMIT: %s is done once by the legacy path, or not at all',
    async (write) => {
      during(async () => void (await cut()));
      const { error } = await perform(write);
      expect(await effects(write)).toBe(error === undefined ? 1 : 0);
    },
  );

  it.each(names)(
    'by a lost answer to the COMMIT: %s is not tried again, and nobody says that it failed for certain',
    async (write) => {
      const own = site.modules.platform.database;
      const makeRunner = own.writes.createQueryRunner.bind(own.writes);
      jest.spyOn(own.writes, 'createQueryRunner').mockImplementation(() => {
        const runner = makeRunner();
        const commit = runner.commitTransaction.bind(runner);
        jest.spyOn(runner, 'commitTransaction').mockImplementation(async () => {
          await commit();
          throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
        });
        return runner;
      });
      const { error } = await perform(write);
      expect(error).toMatchObject({ kind: 'unavailable', effect: 'unknown' });
      expect(await effects(write)).toBe(1);
    },
  );
});
