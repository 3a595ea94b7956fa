import { Client } from 'pg';
import { copyFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { eventLine, write } from '../support/events';
import { eventually } from '../support/eventually';
import { BareSite, type ServiceRun, call } from '../support/service-run';
import { temporaryDirectory } from '../support/temporary-directory';

/** How often the service is killed; `npm run test:crash` does it a hundred times. */
const KILLS = Number(process.env.INGEST_KILLS ?? 20);
const BATCH = 200;
const TYPES = ['HANDWASHING_ACTIVE', 'NO_HAIRNET_AT_SINK', 'frozen'];

interface Totals {
  readonly events: number;
  readonly ids: number;
  readonly keys: number;
  readonly violations: number;
  readonly minutes: number;
  readonly days: number;
}

describe(`events under load, while the service is killed ${KILLS} times`, () => {
  const site = new BareSite();
  const dir = temporaryDirectory();
  const journal = path.join(site.dir, 'logs/events_record.jsonl');
  const expected = new Map<string, string>();
  let database: EmbeddedPostgres;
  let service: ServiceRun;
  let url = '';

  beforeAll(async () => {
    database = await startEmbeddedPostgres({ dir });
    await start();
  }, 180_000);
  afterAll(async () => {
    await site.remove();
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    service = site.start({ DATABASE_URL: database.url, LOG_LEVEL: 'error' });
    url = await service.ready();
  }

  function batch(): { id: string; type: string }[] {
    const events = Array.from({ length: BATCH }, (_, i) =>
      eventLine({ ts: Date.now() / 1000 - i / 10, type: TYPES[i % TYPES.length] }),
    ) as { id: string; type: string }[];
    for (const { id, type } of events) expected.set(id, type);
    return events;
  }

  /** Posts until somebody says that the events are there; a service that dies meanwhile is asked again. */
  async function post(events: readonly object[]): Promise<void> {
    const sent = async () => (await call(url, 'POST', '/events', events)).status;
    await eventually(async () => expect(await sent()).toBe(200), { within: 30_000, every: 100 });
  }

  /** What happens to the journal, or to the database, in between. */
  const mishaps: readonly (() => Promise<void> | void)[] = [
    () => renameSync(journal, `${journal}.${expected.size}`),
    async () => {
      await database.stop();
      database = await startEmbeddedPostgres({ dir });
    },
    () => {
      copyFileSync(journal, `${journal}.${expected.size}`);
      truncateSync(journal, 0);
    },
  ];

  async function totals(): Promise<Totals> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      const sum = (grain: string) => `(SELECT sum(events) FROM event_rollups WHERE grain = '${grain}')::int`;
      const { rows } = await client.query<Totals>(
        `SELECT (SELECT count(*) FROM events)::int AS events, (SELECT count(DISTINCT id) FROM events)::int AS ids,
                (SELECT count(*) FROM event_keys)::int AS keys, (SELECT count(*) FROM violation_events)::int AS violations,
                ${sum('minute')} AS minutes, ${sum('day')} AS days`,
      );
      return rows[0]!;
    } finally {
      await client.end();
    }
  }

  it(
    'are each there exactly once in the end, and so in every sum',
    async () => {
      for (let kill = 0; kill < KILLS; kill++) {
        const written = batch();
        const posted = batch();
        const posting = Promise.all([1, 2, 3].map(() => post(posted)));
        for (let i = 0; i < BATCH; i += 20) write(journal, ...written.slice(i, i + 20));
        await service.end('SIGKILL');
        write(journal, ...batch());
        await mishaps[kill % mishaps.length]?.();
        write(journal, ...written.slice(0, 50));
        await start();
        await posting;
      }
      const all = expected.size;
      const violations = [...expected.values()].filter((type) => type === 'NO_HAIRNET_AT_SINK').length;
      await eventually(async () => expect((await totals()).events).toBeGreaterThanOrEqual(all), { within: 30_000 });
      expect(await totals()).toEqual({ events: all, ids: all, keys: all, violations, minutes: all, days: all });
    },
    KILLS * 10_000 + 60_000,
  );
});
