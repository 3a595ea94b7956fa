import { randomUUID } from 'node:crypto';
import type { EvidenceBatch, Sample } from '../../src/application/rollout/evidence-store';
import { PgEvidenceStore } from '../../src/infrastructure/postgres/pg-evidence-store';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const stage = { group: 'camera-config', entry: 7 };
const sample: Sample = {
  ...stage,
  operation: 'cameras.get',
  arm: 'domain',
  n: 5,
  ok: 4,
  reject: 0,
  failure: 1,
  fallback: 1,
  drawn: 5,
  histogram: { 3: 5 },
};
const batch = (number: number): EvidenceBatch => ({
  number,
  samples: [sample],
  comparisons: [{ ...stage, operation: 'cameras.get', compared: 3, noise: 1, mismatched: 0 }],
});

describe('the stored evidence', () => {
  let database: TestDatabase;
  let site: TestSite;
  const storeOf = (instance: string) => new PgEvidenceStore(site.modules.platform.database, instance);
  const calls = async () => (await storeOf(randomUUID()).samples(stage)).reduce((sum, { n }) => sum + n, 0);

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await site.close();
    await database.drop();
  });

  it('counts a batch once, however often it is sent and by how many at a time', async () => {
    const store = storeOf(randomUUID());
    await Promise.all([store.add(batch(1)), store.add(batch(1)), store.add(batch(1))]);
    await store.add(batch(1));
    expect(await calls()).toBe(5);
    await store.add(batch(2));
    await storeOf(randomUUID()).add(batch(1));
    expect(await calls()).toBe(15);
    expect(await store.comparisons(stage)).toEqual({ compared: 9, noise: 3, mismatched: 0 });
  });

  it('adds all of a batch or nothing', async () => {
    const store = storeOf(randomUUID());
    const before = await calls();
    const broken = { ...batch(1), comparisons: [{ ...batch(1).comparisons[0]!, compared: Number.NaN }] };
    await expect(store.add(broken)).rejects.toThrow();
    expect(await calls()).toBe(before);
    await store.add(batch(1));
    expect(await calls()).toBe(before + 5);
  });

  it('forgets instances that ended long ago', async () => {
    const sql = site.modules.platform.database;
    await storeOf(randomUUID()).add(batch(1));
    await sql.query(`UPDATE rollout_evidence_batches SET at = now() - interval '2 days'`, []);
    const own = randomUUID();
    await storeOf(own).add(batch(1));
    expect(await sql.query('SELECT instance FROM rollout_evidence_batches', [])).toEqual([{ instance: own }]);
  });
});
