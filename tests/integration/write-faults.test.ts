import { CONFIG_STEPS } from '../../src/application/shared/configuration-publication';
import { FAULTS, writeFaultTrial } from '../crash/write-fault-trial';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

/** The short form of `npm run test:crash -- writes`: every step of one write. */
describe('a write on the domain path', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const BEFORE_COMMIT = CONFIG_STEPS.slice(1, CONFIG_STEPS.indexOf('commit.after')).filter(
    (s) => s !== 'absorb.before',
  );

  it.each(BEFORE_COMMIT.flatMap((step) => FAULTS.map((fault) => [fault, step] as const)))(
    'that meets a fault (%s) at %s has one effect or none, and the answer says which',
    async (fault, step) => {
      const outcome = await writeFaultTrial({ write: 'create', step, fault }, database.url);
      expect(['answered', 'answered by fallback', 'refused, nothing done']).toContain(outcome);
    },
  );

  it('falls back to legacy when a bug strikes before COMMIT', async () => {
    expect(await writeFaultTrial({ write: 'update', step: 'entries.applied', fault: 'bug' }, database.url)).toBe(
      'answered by fallback',
    );
  });

  it('is not tried again when a bug strikes after COMMIT', async () => {
    expect(await writeFaultTrial({ write: 'create', step: 'commit.after', fault: 'bug' }, database.url)).toBe(
      'refused, done',
    );
  });
});
