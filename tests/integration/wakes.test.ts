import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { WebSocket } from 'ws';
import { keys } from '../../src/container';
import type * as scheduler from '../../src/infrastructure/environment/scheduler';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { PgControlLine } from '../../src/infrastructure/postgres/pg-control-line';
import { PgWakes } from '../../src/infrastructure/postgres/pg-wakes';
import { startAccess } from '../../src/start-access';
import { startAlerts, startSockets } from '../../src/start-alerts';
import { startControl } from '../../src/start-control';
import { startEvents } from '../../src/start-events';
import { joinSite } from '../../src/start-membership';
import { Cable } from '../support/cable';
import { eventLine, write } from '../support/events';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const FAR_MS = 1e9;

/** Every loop of the service, but none that comes round by itself: what happens here happens because something woke it. */
jest.mock('../../src/infrastructure/environment/scheduler', () => {
  const actual = jest.requireActual<typeof scheduler>('../../src/infrastructure/environment/scheduler');
  const every: typeof scheduler.every = (_, ...rest) => actual.every(1e9, ...rest);
  return { ...actual, every };
});

const VIOLATION = 'NO_HAIRNET_AT_SINK';
const seeing = `INSERT INTO events (id, ts, camera_id, type) VALUES (gen_random_uuid(), now(), $1, '${VIOLATION}')`;

describe('without any safety net, a loop of the service is woken', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let follow: jest.SpyInstance;
  const undo: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    const { container, file, journal } = site;
    const onStop = (stop: () => Promise<unknown>) => undo.push(stop);
    await container.resolve(keys.configuration).settle();
    const member = await joinSite(container, { dataDir: dirname(file), camerasFile: file }, onStop);
    follow = jest.spyOn(container.resolve(keys.controlRuntime), 'follow');
    await startEvents(container, journal, onStop);
    await startControl(container, member, onStop);
    await startAlerts(container, member, onStop);
    await startAccess(container, onStop);
    server = createServer().listen(0, '127.0.0.1');
    startSockets(container, server, [], onStop);
  }, 120_000);
  afterAll(async () => {
    for (const stop of undo.reverse()) await stop();
    server.close();
    await site.close();
    await database.drop();
  });

  const sql = <Row = { n: number }>(text: string, values: readonly unknown[] = []) =>
    site.container.resolve(keys.database).execute<Row>(text, values);
  const inForce = () => site.container.resolve(keys.ruleBook).rules;
  const rule = async (camera_id: string, threshold = 1): Promise<number> => {
    const conditions = { threshold };
    const fields = { name: 'r', rule_type: 'violation', camera_id, conditions, notification_channels: ['log'] };
    return (await site.container.resolve(keys.alertsOnDomain).create(fields)).id;
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
    const [tokens, known] = [site.container.resolve(keys.tokens), site.container.resolve(keys.authenticator)];
    const made = await tokens.create({ name: 'n', role: 'viewer' });
    await eventually(() => expect(known.identify(made.text)).toBeDefined());
    await tokens.revoke(made.token.fields.id);
    await eventually(() => expect(known.identify(made.text)).toBeUndefined());
  });

  it('by a change of the cameras, or of what is wanted of one', async () => {
    const before = follow.mock.calls.length;
    await site.container.resolve(keys.camerasOnDomain).create({ id: 'cam9', name: 'n', source: '9' });
    await eventually(() => expect(follow.mock.calls.length).toBeGreaterThan(before));
    const then = follow.mock.calls.length;
    await site.container.resolve(keys.desiredStates).set('cam9', 'stopped');
    await eventually(() => expect(follow.mock.calls.length).toBeGreaterThan(then));
  });

  it('by a request of another service, which is woken by the answer', async () => {
    const line = new PgControlLine(site.container.resolve(keys.database), rememberingLog(), FAR_MS);
    const end = site.container.resolve(keys.wakes).on('control_answers', line.wake);
    const answer = await line.ask({ path: 'domain', method: 'status', input: { camera_id: 'cam1' } });
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

  const setState = (state: 'running' | 'stopped') => site.container.resolve(keys.desiredStates).set('cam1', state);

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
