import { Client } from 'pg';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { type Server, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { rolloutGroups } from '../../src/api/catalogue';
import type { GroupOverview, RolloutOverview } from '../../src/application/rollout/group-overview';
import { eventually } from '../support/eventually';
import { BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CLI = resolve(__dirname, '../../dist/src/cli/rollout.js');
const LEASE_SECONDS = 30;
/** With it, further groups are broken off at each of their steps, which takes minutes. */
const FULL = process.env.VERIFY_FULL === '1';
const FURTHER = [
  ['camera-config', 'SIGKILL'],
  ['violation-status', 'SIGINT'],
  ['violation-status', 'SIGKILL'],
  ['camera-control', 'SIGINT'],
] as const;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
}

function run(url: string, ...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [CLI, ...args, '--url', url]);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (out += String(data)));
  const ended = new Promise<Ended>((done) => child.once('close', (code, signal) => done({ code, signal, out })));
  return { child, ended };
}

describe('a verification from outside', () => {
  let database: TestDatabase;
  let site: BareSite;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = new BareSite();
    copyFileSync(resolve(__dirname, '../../config/cameras.yaml'), site.camerasFile);
    const { FFMPEG_PATH } = process.env;
    url = await site.start({ DATABASE_URL: database.url, ...(FFMPEG_PATH ? { FFMPEG_PATH } : {}) }).ready();
  });
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  const sql = async <Row>(statement: string): Promise<Row[]> => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(statement);
    await client.end();
    return rows as Row[];
  };
  const get = async <T>(path: string) => (await call(url, 'GET', path)).body as T;
  /** Everything that a verification could leave behind. */
  const all = async () => ({
    file: readFileSync(site.camerasFile, 'utf8'),
    cameras: await sql('SELECT * FROM cameras ORDER BY id'),
    wanted: await sql('SELECT * FROM camera_desired_states ORDER BY camera_id'),
    rules: await sql('SELECT * FROM alert_rules ORDER BY id'),
    violations: await sql('SELECT * FROM violation_events ORDER BY id'),
    changes: await sql('SELECT * FROM violation_changes ORDER BY id'),
    events: await sql(`SELECT * FROM events WHERE camera_id LIKE '~%'`),
    sums: await sql(`SELECT * FROM event_rollups WHERE camera_id LIKE '~%'`),
    killed: (await get<RolloutOverview>('/rollout')).groups.filter((g) => g.killed).map((g) => g.group),
  });
  const setPercent = async (percent: number) => {
    for (const group of rolloutGroups)
      expect(await call(url, 'POST', `/rollout/${group}/set-percent`, { percent })).toMatchObject({ status: 200 });
  };

  it('proves every group of a fresh site, and leaves nothing behind', async () => {
    const before = await all();
    const { code, out } = await run(url, 'verify').ended;
    expect(out).toContain(`${rolloutGroups.length} of ${rolloutGroups.length} groups verified`);
    expect(code).toBe(0);
    expect(await all()).toEqual(before);
  }, 180_000);

  it('proves every group of a site with rules, violations and cameras at a share of 30 %', async () => {
    const event = (type: string, i: number) => ({ ts: Date.now() / 1000 - i, type, camera_id: 'demo', track_id: i });
    const events = Array.from({ length: 20 }, (_, i) => event(i % 2 ? 'NO_HAIRNET_AT_SINK' : 'HANDWASHING_ACTIVE', i));
    await call(url, 'POST', '/events', { events });
    for (const id of ['dock', 'gate', 'attic'])
      await call(url, 'POST', '/cameras', {
        id,
        name: id,
        source: 'rtsp://u:geheim@192.0.2.1/x',
        active: id !== 'attic',
      });
    await call(url, 'POST', '/alerts/rules', {
      name: 'r',
      rule_type: 'violation_threshold',
      conditions: { threshold: 99 },
    });
    await eventually(async () => (await get<{ total: number }>('/records/violations')).total === 10);
    await setPercent(30);
    const before = await all();
    const { code, out } = await run(url, 'verify', '--percent', '30').ended;
    expect(out).not.toContain('FAILED');
    expect(out).toContain(`${rolloutGroups.length} of ${rolloutGroups.length} groups verified`);
    expect(code).toBe(0);
    expect(out.match(/59 calls, 0 leaks +ok/g)).toHaveLength(2 * rolloutGroups.length);
    expect(await all()).toEqual(before);
    const groups = await Promise.all(rolloutGroups.map((group) => get<GroupOverview>(`/rollout/${group}`)));
    expect(groups.filter((g) => g.verified !== true).map((g) => g.group)).toEqual([]);
  }, 180_000);

  it('sees a path that answers differently', async () => {
    // Behind the back of the file: the table, which the domain path reads.
    await sql(`UPDATE cameras SET location = 'elsewhere' WHERE id = 'gate'`);
    const { code, out } = await run(url, 'verify', '--group', 'camera-config').ended;
    await sql(`UPDATE cameras SET location = NULL WHERE id = 'gate'`);
    expect(out).toMatch(/both paths give the same answers .*\/cameras.*FAILED/);
    expect(code).toBe(1);
  }, 180_000);

  it('refuses a group that is killed', async () => {
    await call(url, 'POST', '/rollout/kill', { group: 'event-read', reason: 'drill' });
    const { code, out } = await run(url, 'verify', '--group', 'event-read').ended;
    await call(url, 'POST', '/rollout/unkill', { group: 'event-read', reason: 'drill' });
    expect(out).toContain('event-read is killed');
    expect(code).toBe(3);
  });

  describe('that is broken off', () => {
    let proxy: Server;
    let proxied: string;
    /** Is shown every request, as method and path without numbers; answers whether it may go on. */
    let look: (step: string) => boolean = () => true;

    beforeAll(async () => {
      await setPercent(30);
      const target = new URL(url);
      proxy = createServer((req, res) => {
        const { pathname } = new URL(req.url ?? '', url);
        const step = `${req.method} ${pathname.replace('/api/v1', '').replaceAll(/probe-[\w-]+|verify-[0-9a-f]+|\d+/g, '#')}`;
        if (!look(step)) return void req.socket.destroy();
        const { method, headers } = req;
        const on = httpRequest(
          { host: target.hostname, port: target.port, path: req.url, method, headers },
          (answer) => {
            res.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(res);
          },
        );
        on.once('error', () => res.destroy());
        req.pipe(on);
      }).listen(0, '127.0.0.1');
      await eventually(() => proxy.listening);
      proxied = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      proxy.closeAllConnections();
      proxy.close();
    });

    /** The different steps of a verification, in the order of their first time. */
    const stepsOf = async (group: string): Promise<string[]> => {
      const steps = new Set<string>();
      look = (step) => Boolean(steps.add(step));
      expect(await run(proxied, 'verify', '--group', group).ended).toMatchObject({ code: 0 });
      return [...steps].filter((step) => step !== `GET /rollout/${group}`);
    };

    /** A verification that is broken off at one of its steps. */
    const breakOff = async (group: string, how: 'SIGKILL' | 'SIGINT' | 'the connection is lost', broken: string) => {
      let done = false;
      const { child, ended } = run(proxied, 'verify', '--group', group, '--lease', String(LEASE_SECONDS));
      look = (step) => {
        if (step === broken && !done) {
          done = true;
          if (how !== 'the connection is lost') return child.kill(how);
        }
        return !(done && how === 'the connection is lost');
      };
      return { ...(await ended), done };
    };

    let before: unknown;
    beforeAll(async () => {
      before = await all();
    });

    it.each([
      ['alert-rules', 'SIGKILL'],
      ['camera-config', 'SIGINT'],
      ['event-write', 'the connection is lost'],
      ...(FULL ? FURTHER : []),
    ] as const)(
      'at any step of %s by %s says so, and kills no group for good',
      async (group, how) => {
        for (const broken of await stepsOf(group)) {
          // A kill that was under way when its maker was ended may come after all: it is taken back, and the step tried again.
          const { code, done, out } = await eventually(async () => {
            await call(url, 'POST', '/rollout/unkill', { group, reason: 'the next step' });
            const broke = await breakOff(group, how, broken);
            expect(broke.out).not.toContain('is killed');
            return broke;
          });
          expect({ broken, done, out }).toMatchObject({ broken, done: true });
          // An interruption of the last steps may come too late to change anything.
          const last = how === 'SIGINT' && /^DELETE \/rollout|\/verified$/.test(broken);
          const expected = { SIGKILL: null, SIGINT: 130, 'the connection is lost': 4 }[how];
          expect(last ? [0, expected] : [expected]).toContain(code);
          const { killed, killed_until } = await get<GroupOverview>(`/rollout/${group}`);
          expect(killed ? killed_until : 'not killed').not.toBeNull();
        }
      },
      240_000,
    );

    it('leaves nothing behind once its time is over, and takes back its kill', async () => {
      const { child, ended } = run(proxied, 'verify', '--group', 'system-read', '--lease', '3');
      look = (step) => step !== 'POST /rollout/unkill' || !child.kill('SIGKILL');
      await ended;
      expect(await get(`/rollout/system-read`)).toMatchObject({ killed: true });
      const patience = { within: 120_000, every: 500 };
      await eventually(async () => expect(await all()).toEqual(before), patience);
      await eventually(async () => expect(await sql('SELECT id FROM rollout_verifications')).toEqual([]), patience);
    }, 180_000);
  });
});
