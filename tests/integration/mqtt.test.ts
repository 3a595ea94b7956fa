import Aedes from 'aedes';
import { connect as subscribeAt } from 'mqtt';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { DeliveryWorker } from '../../src/application/alerts/delivery-worker';
import type { LiveCamera } from '../../src/application/camera-control/live-cameras';
import { MqttChannel, MqttLink } from '../../src/infrastructure/notify/mqtt-link';
import { MqttSite } from '../../src/infrastructure/notify/mqtt-site';
import { eventually } from '../support/eventually';
import { AlertRows, InMemoryDeliveries } from '../support/in-memory-alerts';
import { rememberingLog } from '../support/quiet-log';

/** A broker that keeps what is retained as long as it lives, and forgets it when it is killed. */
class Broker {
  private readonly sockets = new Set<Socket>();
  /** Everything it took, whoever listens. */
  readonly taken: { readonly topic: string; readonly text: string }[] = [];
  readonly port: number;

  private constructor(
    private readonly aedes: Aedes,
    private readonly server: Server,
  ) {
    this.port = (server.address() as AddressInfo).port;
    aedes.on('publish', ({ topic, payload }) => this.taken.push({ topic, text: String(payload) }));
  }

  static async start(port = 0): Promise<Broker> {
    const aedes = new Aedes();
    const server = createServer(aedes.handle);
    await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
    const broker = new Broker(aedes, server);
    server.on('connection', (socket) => {
      broker.sockets.add(socket);
      socket.on('error', () => undefined);
    });
    return broker;
  }

  /** Ends as a process that is killed: connections break. */
  async kill(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
    await new Promise<void>((closed) => this.aedes.close(() => closed()));
  }
}

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retained: boolean;
}

describe('MQTT', () => {
  let broker: Broker;
  let link: MqttLink;
  const log = rememberingLog();
  const ends: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    broker = await Broker.start();
    link = new MqttLink({ mqttUrl: `mqtt://127.0.0.1:${broker.port}`, mqttTopic: 'watchgate/plant-2' }, log);
    ends.push(() => link.stop());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await broker.kill();
  });

  async function listen(topic: string): Promise<Heard[]> {
    const heard: Heard[] = [];
    const client = subscribeAt(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 100 });
    ends.push(() => client.endAsync(true));
    client.on('error', () => undefined);
    client.on('message', (of, payload, { retain }) =>
      heard.push({ topic: of, text: String(payload), retained: retain }),
    );
    await client.subscribeAsync(topic, { qos: 1 });
    return heard;
  }
  const connected = async () => {
    link.start();
    await eventually(() => expect(link.isConnected).toBe(true));
  };

  const camera = (id: string, more: Partial<LiveCamera> = {}): LiveCamera => ({
    id,
    name: `Camera ${id}`,
    state: 'running',
    reason: null,
    since: 1,
    wanted: 'running',
    active: true,
    pid: 7,
    restarts: 0,
    next_try_at: null,
    fps: 10,
    expected_fps: 10,
    last_frame_at: 1_000,
    motion: false,
    ...more,
  });
  const siteOf = (
    cameras: Map<string, LiveCamera>,
    lines: { seq: number; line: { camera_id: string; type: string } }[] = [],
  ) =>
    new MqttSite(
      link,
      {
        publishes: () => true,
        cameras: async () => cameras,
        newestEvent: async () => 0,
        eventsAfter: async (seq) => lines.filter((line) => line.seq > seq),
      },
      { name: 'Plant 2', version: '1' },
      log,
    );

  it('tells that the site is there, and that it is gone when its connection breaks', async () => {
    await connected();
    const heard = await listen('watchgate/plant-2/status');
    await eventually(() => expect(heard.at(-1)?.text).toBe('online'));
    expect(heard.at(-1)?.retained).toBe(true);
    await link.stop();
    await eventually(() => expect(heard.at(-1)?.text).toBe('offline'));
  });

  it('keeps the state of every camera, tells what changes, and removes what is no more', async () => {
    await connected();
    const cameras = new Map([['line/3', camera('line/3')]]);
    const site = siteOf(cameras);
    await site.look();
    const heard = await listen('watchgate/plant-2/camera/#');
    await eventually(() => expect(heard).toHaveLength(1));
    expect(heard[0]?.topic).toBe('watchgate/plant-2/camera/line%2F3/state');
    expect(JSON.parse(heard[0]?.text ?? '')).toMatchObject({ id: 'line/3', state: 'running', fps: 10 });
    // A new picture alone is no new state.
    cameras.set('line/3', camera('line/3', { last_frame_at: 2_000 }));
    await site.look();
    cameras.set('line/3', camera('line/3', { state: 'backoff', reason: 'unreachable' }));
    await site.look();
    await eventually(() => expect(heard).toHaveLength(2));
    expect(JSON.parse(heard[1]?.text ?? '')).toMatchObject({ state: 'backoff', reason: 'unreachable' });
    cameras.clear();
    await site.look();
    await eventually(() => expect(heard.at(-1)?.text).toBe(''));
    const later = await listen('watchgate/plant-2/camera/#');
    await siteOf(new Map()).look();
    expect(later).toEqual([]);
  });

  it('lets Home Assistant find the cameras', async () => {
    await connected();
    await siteOf(new Map([['gate', camera('gate')]])).look();
    const heard = await listen('homeassistant/#');
    await eventually(() => expect(heard).toHaveLength(4));
    for (const { topic, text, retained } of heard) {
      expect(retained).toBe(true);
      expect(topic).toMatch(/^homeassistant\/(binary_sensor|sensor)\/[\w-]+\/[\w-]+\/config$/);
      const config = JSON.parse(text) as Record<string, unknown>;
      expect(config).toMatchObject({
        unique_id: expect.stringMatching(/^[\w-]+$/),
        state_topic: 'watchgate/plant-2/camera/gate/state',
        availability_topic: 'watchgate/plant-2/status',
        value_template: expect.stringContaining('value_json'),
        device: { identifiers: [expect.any(String)], name: 'Camera gate', manufacturer: 'Watchgate' },
        origin: { name: 'Watchgate', sw_version: '1' },
      });
    }
    expect(new Set(heard.map(({ text }) => (JSON.parse(text) as { unique_id: string }).unique_id)).size).toBe(4);
  });

  it('publishes the states anew when the broker comes back, and events once', async () => {
    const lines = [{ seq: 1, line: { camera_id: 'gate', type: 'MOTION' } }];
    const site = siteOf(new Map([['gate', camera('gate')]]), lines);
    link.onConnect = () => site.forget();
    await connected();
    await site.look();
    await site.events();
    const { port } = broker;
    await broker.kill();
    await eventually(() => expect(link.isConnected).toBe(false));
    await site.look();
    await expect(link.publish('x', 'y')).rejects.toThrow('cannot be reached');
    broker = await Broker.start(port);
    const heard = await listen('watchgate/plant-2/#');
    await eventually(() => expect(link.isConnected).toBe(true), { within: 15_000 });
    await site.look();
    lines.push({ seq: 2, line: { camera_id: 'gate', type: 'MOTION' } });
    await site.events();
    const topics = () => heard.map(({ topic }) => topic.replace('watchgate/plant-2/', '')).sort();
    await eventually(() => expect(topics()).toEqual(['camera/gate/state', 'event/gate', 'status']));
  }, 40_000);

  it('loses no alert of a thousand when the broker is killed among them', async () => {
    const rows = new AlertRows(() => new Date());
    const channel = new MqttChannel(link);
    const channels = { webhook: channel, email: channel, websocket: channel, mqtt: channel, log: channel };
    const worker = new DeliveryWorker(
      new InMemoryDeliveries(rows),
      channels,
      () => new Date(),
      log,
      () => 0,
    );
    ends.push(() => worker.stop());
    await connected();
    const keysAt = ({ taken }: Broker) =>
      taken
        .filter(({ topic }) => topic.startsWith('watchgate/plant-2/alerts/'))
        .map(({ text }) => (JSON.parse(text) as { idempotency_key: string }).idempotency_key);
    for (let i = 0; i < 1_000; i += 1) {
      const about = { cameraId: `cam${i % 7}`, type: 'violation', at: new Date(), message: 'm', details: {} };
      rows.record([{ key: `k${i}`, ruleId: i % 50, ...about, notices: [{ channel: 'mqtt', target: '' }] }]);
    }
    worker.wake();
    await eventually(() => expect(keysAt(broker).length).toBeGreaterThan(100));
    const first = broker;
    await broker.kill();
    broker = await Broker.start(first.port);
    const keys = () => new Set([...keysAt(first), ...keysAt(broker)]);
    await eventually(
      () => {
        worker.wake();
        return keys().size === 1_000;
      },
      { within: 60_000, every: 200, what: 'all alerts at the broker' },
    );
    expect(rows.deliveries.filter(({ status }) => status === 'dead')).toEqual([]);
  }, 90_000);
});
