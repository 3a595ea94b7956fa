import { Client } from 'pg';
import { startOldBackend } from '../support/old-backend';
import { siteForEach } from '../support/own-site';
import { call } from '../support/service-run';

const DOOR = { id: 'door', name: 'Door', source: '0' };

describe('a start with LEGACY_BASE_URL', () => {
  const own = siteForEach();

  it('names the old backend, without credentials, and has it serve the legacy path on the same file', async () => {
    const old = await startOldBackend(own.site.camerasFile);
    const { host } = new URL(old.url);
    const run = own.site.start({ DATABASE_URL: own.database.url, LEGACY_BASE_URL: `http://bridge:geheim@${host}` });
    const url = await run.ready();
    expect(run.output).toContain(`legacy    the old backend at ${host}\n`);
    expect(await call(url, 'POST', '/cameras', DOOR)).toMatchObject({ status: 200, body: { camera: DOOR } });
    expect(old.requests.map((r) => r.method)).toContain('POST');
    expect(await call(url, 'GET', '/cameras/door?force_domain=true')).toMatchObject({ status: 200, body: DOOR });
    expect(run.output).not.toContain('geheim');
    await old.close();
  });

  it('keeps rules, alerts, violations and their statistics here, on either path, and asks the old backend for none', async () => {
    const old = await startOldBackend(own.site.camerasFile);
    const run = own.site.start({ DATABASE_URL: own.database.url, LEGACY_BASE_URL: old.url });
    const url = await run.ready();
    const on = (path: 'legacy' | 'domain', where: string) =>
      `${where}${where.includes('?') ? '&' : '?'}force_domain=${path === 'domain'}`;
    for (const [made, read] of [
      ['legacy', 'domain'],
      ['domain', 'legacy'],
    ] as const) {
      const rule = { name: made, rule_type: 'violation', conditions: { threshold: 5 } };
      const { body } = await call(url, 'POST', on(made, '/alerts/rules'), rule);
      const { id } = body as { id: number };
      const there = await call(url, 'PUT', on(read, `/alerts/rules/${id}`), { enabled: false });
      expect([there.status, there.headers.get('x-served-by')]).toEqual([200, read]);
      expect(await call(url, 'GET', on(made, `/alerts/rules/${id}`))).toMatchObject({ body: { enabled: false } });
    }
    const sql = new Client({ connectionString: own.database.url });
    await sql.connect();
    await sql.query(`INSERT INTO violation_events (camera_id, timestamp, violation_type) VALUES ('door', now(), 'no_hairnet');
      INSERT INTO alert_history (camera_id, timestamp, alert_type, message) VALUES ('door', now(), 'camera_down', 'm')`);
    await sql.end();
    // The window of the statistics ends at each call's own now.
    const timeless = (body: unknown) => ({ ...(body as object), start_time: 0, end_time: 0 });
    const reads = ['/alerts/rules', '/alerts/history-db', '/records/violations', '/records/statistics/summary'];
    for (const read of reads) {
      const [legacy, domain] = [await call(url, 'GET', on('legacy', read)), await call(url, 'GET', on('domain', read))];
      expect([legacy.status, timeless(legacy.body)]).toEqual([200, timeless(domain.body)]);
    }
    expect(old.requests.filter(({ path }) => /alerts|records/.test(path))).toEqual([]);
    await old.close();
  });

  it('is ready while the old backend is down', async () => {
    const run = own.site.start({ DATABASE_URL: own.database.url, LEGACY_BASE_URL: 'http://127.0.0.1:1' });
    expect(await call(await run.ready(), 'GET', '/cameras')).toMatchObject({ status: 503 });
  });

  it('is refused when that is the service itself', async () => {
    const settings = { DATABASE_URL: own.database.url, PORT: '8000', LEGACY_BASE_URL: 'http://localhost:8000/' };
    const { code, output } = await own.site.start(settings).ended;
    expect(code).toBe(1);
    expect(output).toContain('did not start: LEGACY_BASE_URL is the address of this service itself: ');
  });
});
