import { WebSocket } from 'ws';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Log } from '../../src/application/shared/log';
import { startAccess } from '../../src/composition/access';
import { startAlerts } from '../../src/composition/alerts';
import { startControl } from '../../src/composition/control';
import { startEvents } from '../../src/composition/events';
import { startSockets } from '../../src/composition/http';
import { Lifecycle } from '../../src/composition/lifecycle';
import { joinSite } from '../../src/composition/platform';
import { every } from '../../src/infrastructure/environment/scheduler';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { PgControlRequests } from '../../src/infrastructure/postgres/pg-control-requests';
import { PgWakes } from '../../src/infrastructure/postgres/pg-wakes';
import { Cable } from '../support/cable';
import { eventLine, write } from '../support/events';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const FAR_MS = 1e9;

/** The loops of the service, but none that comes round by itself: what happens here happens because something woke it. */
const onlyWoken = (log: Log): Lifecycle => new Lifecycle(log, (_, ...rest) => every(FAR_MS, ...rest));

const VIOLATION = 'NO_HAIRNET_AT_SINK';
const seeing = `INSERT INTO events (id, ts, camera_id, type) VALUES (gen_random_uuid(), now(), $1, '${VIOLATION}')`;

describe('without any safety net, a loop of the service is woken', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let follow: jest.SpyInstance;
  let life: Lifecycle;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    const { modules, file } = site;
    const { platform } = modules;
    life = onlyWoken(site.log);
    await modules.cameras.configuration.reconcile();
    const member = await joinSite(platform, { dataDir: dirname(file), camerasFile: file }, life);
    follow = jest.spyOn(modules.control.controller, 'follow');
    await startEvents(platform, modules.events, life);
    await startControl(platform, modules.cameras, modules.control, member, life);
    await startAlerts(platform, modules.alerts, modules.live, member, life);
    await startAccess(platform, modules.access, life);
    server = createServer().listen(0, '127.0.0.1');
    startSockets(modules, server, [], life);
  }, 120_000);
  afterAll(async () => {
    await life.stop();
    server.close();
    await site.close();
    await database.drop();
  });

  const sql = <Row = { n: number }>(text: string, values: readonly unknown[] = []) =>
    site.modules.platform.database.execute<Row>(text, values);
  const inForce = () => site.modules.alerts.active.rules;
  const rule = async (camera_id: string, threshold = 1): Promise<number> => {
    const conditions = { threshold };
    const fields = { name: 'r', rule_type: 'violation', camera_id, conditions, notification_channels: ['log'] };
    return (await site.modules.alerts.domain.create(fields)).id;
  };

  it('by a changed rule, and by one that is changed by hand', async () => {
    const id = await rule('a', 7);
    await eventually(() => expect(inForce().find((r) => r.id === id)?.threshold).toBe(7));
    await sql('DELETE FROM alert_rules WHERE id = $1', [id]);
    await eventually(() => expect(inForce().some((r) => r.id === id)).toBe(false));
  });

  it('by an event to evaluate it, and by the alert to deliver it', async () => {
    const id = await rule('b');
    await eventually(() => expect(inForce().some((r) => r.id === id)).toBe(true));
    await sql(seeing, ['b']);
    const delivered = `SELECT d.status FROM alert_deliveries d JOIN alert_history a ON a.id = d.alert_id WHERE a.rule_id = $1`;
    await eventually(async () => expect(await sql(delivered, [id])).toEqual([{ status: 'delivered' }]));
  });

  it('by a line of the journal', async () => {
    write(site.journal, eventLine({ ts: Date.now() / 1_000, type: VIOLATION, camera_id: 'c' }));
    const stored = `SELECT count(*)::int AS n FROM events WHERE camera_id = 'c'`;
    await eventually(async () => expect(await sql(stored)).toEqual([{ n: 1 }]));
  });

  it('by an event that a dashboard wants to hear of', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/events`);
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    await eventually(() => expect(socket.readyState).toBe(WebSocket.OPEN));
    await eventually(async () => {
      await sql(seeing, ['d']);
      expect(heard.join()).toContain('"camera_id":"d"');
    });
    socket.terminate();
  });

  it('by a token that is made, and by one that is revoked', async () => {
    const [tokens, known] = [site.modules.access.tokens, site.modules.access.authenticator];
    const made = await tokens.create({ name: 'n', role: 'viewer' });
    await eventually(() => expect(known.identify(made.text)).toBeDefined());
    await tokens.revoke(made.token.fields.id);
    await eventually(() => expect(known.identify(made.text)).toBeUndefined());
  });

  it('by a change of the cameras, or of what is wanted of one', async () => {
    const before = follow.mock.calls.length;
    await site.modules.cameras.domain.create({ id: 'cam9', name: 'n', source: '9' });
    await eventually(() => expect(follow.mock.calls.length).toBeGreaterThan(before));
    const then = follow.mock.calls.length;
    await site.modules.control.desired.set('cam9', 'stopped');
    await eventually(() => expect(follow.mock.calls.length).toBeGreaterThan(then));
  });

  it('by a request of another service, which is woken by the answer', async () => {
    const line = new PgControlRequests(site.modules.platform.database, rememberingLog(), FAR_MS);
    const end = site.modules.platform.wakes.on('control_answers', line.wake);
    const answer = await line.ask({ node: null, path: 'domain', method: 'status', input: { camera_id: 'cam1' } });
    expect(answer).toMatchObject({ value: { state: 'stopped' } });
    end();
  });

  it('by a new connection, for what was notified while there was none', async () => {
    const id = await rule('e', 7);
    await eventually(() => expect(inForce().find((r) => r.id === id)?.threshold).toBe(7));
    // The old connection ends before the change is committed, and cannot hear of it any more.
    await sql(
      `WITH changed AS (UPDATE alert_rules SET conditions = '{"threshold": 8}' WHERE id = $1)
       SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE application_name = 'watchgate-site' AND datname = current_database()`,
      [id],
    );
    await eventually(() => expect(inForce().find((r) => r.id === id)?.threshold).toBe(8));
    await sql('DELETE FROM alert_rules WHERE id = $1', [id]);
    await eventually(() => expect(inForce().some((r) => r.id === id)).toBe(false));
  });
});

describe('whoever waits for something to be written', () => {
  let database: TestDatabase;
  let site: TestSite;
  let cable: Cable;
  let connection: DedicatedConnection;
  let wakes: PgWakes;
  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    cable = new Cable(database.url);
    connection = new DedicatedConnection(await cable.open(), rememberingLog());
    wakes = new PgWakes(connection);
    await wakes.start();
  });
  afterEach(async () => {
    cable.close();
    await connection.stop();
    await site.close();
    await database.drop();
  });

  const setState = (state: 'running' | 'stopped') => site.modules.control.desired.set('cam1', state);

  it('is woken once when the connection is there again, whatever was written meanwhile', async () => {
    const woken: string[] = [];
    for (const topic of ['events', 'cameras', 'tokens'] as const) wakes.on(topic, () => woken.push(topic));
    await setState('running');
    await eventually(() => expect(woken).toEqual(['cameras']));
    cable.refusing = true;
    cable.cut();
    await eventually(() => expect(connection.isThere).toBe(false));
    await setState('stopped');
    cable.refusing = false;
    await eventually(() => expect(woken).toEqual(['cameras', 'events', 'cameras', 'tokens']));
  });

  it('reads again what may have changed, and each time while nothing can be heard', async () => {
    let reads = 0;
    const read = wakes.remembered('cameras', async () => (reads += 1));
    await read();
    expect(await read()).toBe(1);
    await setState('running');
    await eventually(async () => expect(await read()).toBe(2));
    expect(await read()).toBe(2);
    cable.refusing = true;
    cable.cut();
    await eventually(() => expect(connection.isThere).toBe(false));
    expect([await read(), await read()]).toEqual([3, 4]);
  });
});
