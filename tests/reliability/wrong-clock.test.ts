import { AlertSite } from '../support/alert-site';
import { storedEvents } from '../support/event-counts';
import { eventLine, write } from '../support/events';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const DAY_MS = 86_400_000;
/** Of what can be faked. */
const ALL_BUT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('a clock that is wrong', () => {
  let database: TestDatabase;
  let site: TestSite;
  let seconds: number;
  beforeEach(async () => {
    database = await createTestDatabase();
    seconds = Date.now() / 1_000;
  });
  afterEach(async () => {
    jest.useRealTimers();
    await site.close();
    await database.drop();
  });

  /** Events of half a year, a week apart. */
  async function history(): Promise<number> {
    const weeks = Array.from({ length: 25 }, (_, week) => eventLine({ ts: seconds - week * 7 * 86_400 }));
    await site.modules.events.eventRetention.prepare();
    write(site.journal, ...weeks);
    await site.modules.events.ingestor.pass();
    return storedEvents(site);
  }
  const machineAhead = (ms: number) => {
    jest.useFakeTimers({ now: Date.now() + ms, doNotFake: [...ALL_BUT_DATE] });
  };

  it('of this machine: nothing is deleted, the site is told, and its events count as before', async () => {
    site = await testSite({ databaseUrl: database.url });
    const before = await history();
    machineAhead(200 * DAY_MS);
    await site.modules.events.retention.run();
    expect(await storedEvents(site)).toBe(before);
    expect(site.log.lines).toContainEqual(expect.stringContaining('nothing old is deleted while the clocks'));
    write(site.journal, eventLine({ ts: seconds }));
    await site.modules.events.ingestor.pass();
    expect(await storedEvents(site)).toBe(before + 1);
  });

  it('of this machine, two hours behind: events of right clocks are taken in, and posted ones as well', async () => {
    site = await testSite({ databaseUrl: database.url });
    await site.modules.events.eventRetention.prepare();
    machineAhead(-7_200_000);
    write(site.journal, ...[0, 1, 2].map((i) => eventLine({ ts: seconds - i })));
    await site.modules.events.ingestor.pass();
    expect(await storedEvents(site)).toBe(3);
    const posted = await site.modules.events.events.domain.post({ events: [eventLine({ ts: seconds })] });
    expect(posted).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('of the database, for an hour: a day at the old end is lost, not the whole history', async () => {
    let ahead = 0;
    site = await testSite({ databaseUrl: database.url, clock: () => new Date(Date.now() + ahead) });
    const before = await history();
    const retention = site.modules.events.retention;
    await retention.run();
    ahead = 200 * DAY_MS;
    await retention.run();
    ahead = 0;
    await retention.run();
    const [kept] = await site.modules.platform.database.query<{ events: number }>(
      'SELECT count(*)::int AS events FROM events',
      [],
    );
    expect(kept?.events).toBeGreaterThanOrEqual(before - 1);
  });
});

describe('alert rules, after a clock that was a day ahead', () => {
  it('alert no more often than before, and no burst is missed from then on', async () => {
    const database = await createTestDatabase();
    const site = await AlertSite.on(database.url);
    const camera = { camera_id: 'cam' };
    await site.rule('no_detection', { duration_minutes: 1, cooldown_seconds: 1 }, camera);
    await site.rule('violation', { threshold: 2, cooldown_seconds: 60 }, { camera_id: 'sink' });
    for (let t = 0; t < 30; t++) {
      await site.saw({ at: t });
      await site.at(t + 1);
    }
    await site.at(86_430);
    await site.at(86_440);
    const during = await site.told();
    for (let t = 40; t < 60; t++) {
      await site.saw({ at: t });
      await site.at(t + 1);
    }
    await site.saw({ at: 60, camera: 'sink' }, { at: 61, camera: 'sink' });
    await site.at(62);
    const after = (await site.told()).filter((alert) => !during.includes(alert));
    expect(after).toEqual(['sink alert@61']);
    expect(site.log.lines).toContainEqual(expect.stringContaining('the clock was ahead'));
    await site.close();
    await database.drop();
  }, 180_000);
});
