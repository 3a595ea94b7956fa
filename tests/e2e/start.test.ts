import { Client } from 'pg';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { siteForEach } from '../support/own-site';
import { ACCOUNTS, BareSite, call } from '../support/service-run';

const DOOR = { id: 'door', name: 'Door', source: '0' };
const FAULTY = 'cameras:\n  - id: door\n    name: Door\n    source: "0"\nsite: {zone: a, zone: b}\n';

describe.each(ACCOUNTS)('on bare folders, as $name', (account) => {
  let site: BareSite;
  beforeEach(() => {
    site = new BareSite(account);
  });
  afterEach(() => site.remove());

  it('the first start brings its own database, an empty cameras file and an answer', async () => {
    const run = site.start();
    const url = await run.ready();
    expect(await call(url, 'GET', '/cameras')).toMatchObject({ status: 200, body: { cameras: [] } });
    expect(readFileSync(site.camerasFile, 'utf8')).toMatch(/^cameras: \[\]$/m);
    expect(run.output).toMatch(/ready after [\d.]+ s\n/);
    expect(run.output).toMatch(/database {2}embedded PostgreSQL, process \d+, data in .*\/data\n/);
    expect(run.output).toContain('cameras.yaml: 0 cameras, revision 1\n');
    expect(run.output).toMatch(/rollout {3}\S/);
    expect(run.output).toMatch(/logs {6}.*\/logs\n/);
  });

  it('the second start sees what the first one stored, and the end between them is clean', async () => {
    const first = site.start();
    expect(await call(await first.ready(), 'POST', '/cameras', DOOR)).toMatchObject({ status: 200 });
    const { code, output } = await first.end('SIGTERM');
    expect(code).toBe(0);
    expect(output).not.toMatch(/WARN|ERROR/);
    const url = await site.start().ready();
    expect(await call(url, 'GET', '/cameras/door')).toMatchObject({ status: 200, body: DOOR });
    expect(await call(url, 'GET', '/cameras/config')).toMatchObject({ body: { state: 'in_sync', revision: 2 } });
  });

  it('a start after SIGKILL works and has lost nothing', async () => {
    const first = site.start();
    expect(await call(await first.ready(), 'POST', '/cameras', DOOR)).toMatchObject({ status: 200 });
    expect(await first.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    const url = await site.start().ready();
    expect(await call(url, 'GET', '/cameras/door?force_domain=true')).toMatchObject({ status: 200, body: DOOR });
    expect(await call(url, 'PUT', '/cameras/door', { fps: 5 })).toMatchObject({ status: 200 });
    expect(await call(url, 'GET', '/cameras/config')).toMatchObject({ body: { state: 'in_sync', revision: 3 } });
  });
});

describe('on a database of its own', () => {
  const own = siteForEach();

  it('a cameras file whose document has faults from the first day is told with its place and blocks changes until it is mended', async () => {
    writeFileSync(own.site.camerasFile, FAULTY);
    const run = own.site.start({ DATABASE_URL: own.database.url });
    const url = await run.ready();
    expect(run.output).toMatch(/ERROR cameras file, line 5, column 17: site\.zone: /);
    expect(run.output).toContain('no valid configuration yet, 1 fault ');
    const fault = { line: 5, column: 17, path: 'site.zone', severity: 'error' };
    expect(await call(url, 'GET', '/cameras/config')).toMatchObject({
      status: 200,
      body: { state: 'degraded', revision: 0, faults: [fault] },
    });
    expect(await call(url, 'GET', '/cameras')).toMatchObject({ status: 200, body: { cameras: [] } });
    for (const path of ['true', 'false']) {
      const refused = await call(url, 'POST', `/cameras?force_domain=${path}`, { ...DOOR, id: 'gate' });
      expect(refused).toMatchObject({ status: 409, body: { code: 'camera_config.file_invalid' } });
    }
    expect(readFileSync(own.site.camerasFile, 'utf8')).toBe(FAULTY);

    writeFileSync(own.site.camerasFile, FAULTY.replace(', zone: b', ''));
    const mended = async () =>
      expect((await call(url, 'GET', '/cameras/config')).body).toMatchObject({
        state: 'in_sync',
        revision: 1,
        cameras: 1,
        faults: [],
      });
    await eventually(mended, { within: 2_000 });
    expect(run.output).toContain('free of faults again');
    expect(await call(url, 'PUT', '/cameras/door', { fps: 10 })).toMatchObject({ status: 200 });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets the request under way finish, takes no new one, and ends with 0 in time',
    async (signal) => {
      const run = own.site.start({ DATABASE_URL: own.database.url });
      const url = await run.ready();
      await call(url, 'POST', '/cameras', DOOR);
      const holder = new Client({ connectionString: own.database.url });
      await holder.connect();
      await holder.query(`SELECT pg_advisory_lock(hashtext('watchgate.camera_config'))`);
      const under = slowPut(`${url}/api/v1/cameras/door?force_domain=true`);
      await eventually(async () => expect(await waiting(holder)).toBe(1));

      run.child.kill(signal);
      await eventually(() => run.output.includes(`${signal}: finishing the requests under way`));
      await expect(call(url, 'GET', '/cameras')).rejects.toThrow('fetch failed');
      await holder.end();
      const from = performance.now();
      expect(await under).toBe(200);
      expect(await run.ended).toMatchObject({ code: 0, signal: null });
      inTime(performance.now() - from, 3_000);
      expect(readFileSync(own.site.camerasFile, 'utf8')).toContain('fps: 7');
    },
  );

  it('a new site serves by the domain path, says why, and goes on so', async () => {
    const run = own.site.start({ DATABASE_URL: own.database.url });
    const served = async () => (await call(await run.ready(), 'GET', '/cameras')).headers.get('x-served-by');
    expect(await served()).toBe('domain');
    expect(run.output).toContain('rollout   all calls on the domain path: a new site has nothing to move away from');
    await own.site.stop();
    const again = own.site.start({ DATABASE_URL: own.database.url });
    await again.ready();
    expect(again.output).toContain('rollout   all calls on the domain path, as stored');
  });

  it.each(['yes', '', 'TRUE '])('USE_DOMAIN_SERVICE=%j keeps every call on the legacy path', async (text) => {
    const url = await own.site.start({ DATABASE_URL: own.database.url, USE_DOMAIN_SERVICE: text }).ready();
    expect((await call(url, 'GET', '/cameras')).headers.get('x-served-by')).toBe('legacy');
  });
});

/** Over a connection that the client would like to keep: the service must not wait for it. */
function slowPut(url: string): Promise<number | undefined> {
  const agent = new Agent({ keepAlive: true });
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', agent }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode));
    });
    sent.on('error', reject).end(JSON.stringify({ fps: 7 }));
  });
}

async function waiting(client: Client): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM pg_locks JOIN pg_database d ON d.oid = database
                WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()`;
  const { rows } = await client.query<{ n: number }>(sql);
  return rows[0]?.n ?? 0;
}
