import { Client } from 'pg';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { BareSite } from '../support/service-run';
import { temporaryDirectory } from '../support/temporary-directory';

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 6) * 1_000;
const READS = ['cameras', 'alerts/rules', 'events/recent', 'statistics/realtime', 'records/violations'];
const LANES = 4;
/** What the two pools of a service may have open, whatever happens. */
const MOST_POOLED = 12;

interface Seen {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  readonly retryAfter: string | null;
}

/** Reads one after the other on a few lanes until told to stop; every answer with when it was asked for. */
function startReads(url: string): () => Promise<Seen[]> {
  const seen: Seen[] = [];
  const stopped = new AbortController();
  const read = async (path: string) => {
    const at = performance.now();
    const response = await fetch(`${url}/api/v1/${path}`);
    await response.text();
    const { status, headers } = response;
    seen.push({ at, ms: performance.now() - at, status, retryAfter: headers.get('retry-after') });
    if (status === 503) await sleep(20);
  };
  const lane = async (n: number) => {
    for (let i = n; !stopped.signal.aborted; i++) await read(READS[i % READS.length] ?? '');
  };
  const lanes = Promise.all(Array.from({ length: LANES }, (_, n) => lane(n)));
  return async () => {
    stopped.abort();
    await lanes;
    return seen;
  };
}

/** The server and all its processes. */
function family(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children.map(Number)];
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

/** Connections of the service, by what they are for. */
async function connections(url: string): Promise<Record<string, number>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const sql = `SELECT application_name AS name, count(*)::int AS open FROM pg_stat_activity
                WHERE application_name LIKE 'watchgate%' GROUP BY 1`;
  const { rows } = await client.query<{ name: string; open: number }>(sql);
  await client.end();
  return Object.fromEntries(rows.map(({ name, open }) => [name, open]));
}

const hasProc = spawnSync('test', ['-d', '/proc/self']).status === 0;

(hasProc ? describe : describe.skip)('a database that goes away under load', () => {
  const dir = temporaryDirectory();
  let postgres: EmbeddedPostgres;
  let site: BareSite;
  beforeEach(async () => {
    postgres = await startEmbeddedPostgres({ dir });
    site = new BareSite();
  });
  afterEach(async () => {
    await site.remove();
    await postgres.stop();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const outages: Record<string, { begin: () => Promise<void>; end: () => Promise<void> }> = {
    stands: {
      begin: async () => family(postgres.pid).forEach((pid) => process.kill(pid, 'SIGSTOP')),
      end: async () => family(postgres.pid).forEach((pid) => process.kill(pid, 'SIGCONT')),
    },
    ends: {
      begin: () => postgres.stop(),
      end: async () => {
        postgres = await startEmbeddedPostgres({ dir });
      },
    },
  };

  it.each(['stands', 'ends'])(
    'because it %s still is answered for within a second, and is back within two',
    async (how) => {
      const outage = outages[how];
      const run = site.start({ DATABASE_URL: postgres.url });
      const url = await run.ready();
      const before = await (async () => {
        const stop = startReads(url);
        await sleep(1_500);
        const seen = await stop();
        expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
        return connections(postgres.url);
      })();
      const stop = startReads(url);
      await sleep(500);
      const gone = performance.now();
      await outage?.begin();
      const readyz = async () => {
        const from = performance.now();
        const { status } = await fetch(`${url}/readyz`);
        return { status, ms: performance.now() - from };
      };
      const ready = await readyz();
      await sleep(OUTAGE_MS);
      const live = await fetch(`${url}/livez`);
      const health = await fetch(`${url}/api/v1/monitoring/health`);
      await outage?.end();
      const back = performance.now();
      await eventually(async () => (await readyz()).status === 200, { within: 2_000, what: 'ready again' });
      const answers = async () => Promise.all(READS.map(async (path) => (await fetch(`${url}/api/v1/${path}`)).status));
      await eventually(async () => (await answers()).every((status) => status === 200), { within: 2_000 });
      const recovered = performance.now() - back;
      const seen = await stop();
      const during = seen.filter(({ at }) => at > gone - 500 && at < back);
      const slowest = Math.max(...during.map(({ ms }) => ms));
      const statuses = new Set(during.map(({ status }) => status));
      process.stdout.write(
        `  database ${how} for ${OUTAGE_MS / 1_000} s: ${during.length} reads, statuses ${[...statuses].join(' ')}, ` +
          `slowest ${slowest.toFixed(0)} ms, back after ${recovered.toFixed(0)} ms\n`,
      );
      expect(ready.status).toBe(503);
      inTime(ready.ms, 1_000);
      expect(live.status).toBe(200);
      expect(await health.json()).toMatchObject({ status: 'degraded', checks: { database: 'error' } });
      inTime(slowest, 1_000);
      expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      expect(during.filter(({ status, retryAfter }) => status === 503 && retryAfter === null)).toEqual([]);
      expect(during.some(({ status }) => status === 503)).toBe(true);
      inTime(recovered, 2_000);
      await eventually(
        async () => {
          const after = await connections(postgres.url);
          const { watchgate: pooled = 0, ...others } = after;
          expect(Object.entries(others).filter(([name, open]) => open > (before[name] ?? 0))).toEqual([]);
          expect(pooled).toBeLessThanOrEqual(MOST_POOLED);
        },
        { within: 10_000, every: 500, what: 'no more connections than before' },
      );
      expect((await run.end('SIGTERM')).code).toBe(0);
    },
    60_000 + 2 * OUTAGE_MS,
  );
});
