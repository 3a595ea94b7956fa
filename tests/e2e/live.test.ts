import { WebSocket } from 'ws';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { BareSite } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CAMERAS = `cameras:
  - {id: line-3, name: Packing line 3, source: "testsrc:size=640x360,rate=10", fps: 10, auto_start: true}
  - {id: dock, name: Dock, source: "testsrc:size=320x180,rate=5", fps: 5}
`;

interface Heard {
  readonly type: string;
  readonly topic?: string;
  readonly seq?: number;
  readonly epoch?: string;
  readonly time?: number;
  readonly detail?: string;
  readonly data?: Record<string, unknown>;
}
interface Shown {
  readonly tile: number;
  readonly takenAt: number;
  readonly seq: number;
  readonly list: number;
  readonly jpeg: Buffer;
  readonly at: number;
}

describe('the live socket of a running service', () => {
  let database: TestDatabase;
  let site: BareSite;
  let url = '';
  const opened: WebSocket[] = [];
  beforeAll(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
    const cameras = path.join(site.dir, 'cameras.yaml');
    writeFileSync(cameras, CAMERAS);
    url = await site.start({ DATABASE_URL: database.url, CAMERAS_FILE: cameras }).ready();
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.terminate()));
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  async function listen() {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/live`);
    opened.push(socket);
    const [heard, shown]: [Heard[], Shown[]] = [[], []];
    socket.on('message', (data: Buffer, binary) => {
      if (!binary) return heard.push(JSON.parse(String(data)) as Heard);
      return shown.push({
        tile: data.readUInt16BE(0),
        takenAt: data.readDoubleBE(2),
        seq: data.readUInt32BE(10),
        list: data.readUInt16BE(14),
        jpeg: data.subarray(16),
        at: Date.now(),
      });
    });
    const send = (message: object) => socket.send(JSON.stringify(message));
    await eventually(() => expect(heard[0]).toMatchObject({ type: 'hello' }));
    const of = (topic: string) => heard.filter((message) => message.topic === topic);
    return { socket, heard, shown, send, of };
  }
  const post = (route: string, body?: object, method = 'POST') =>
    fetch(`${url}/api/v1${route}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const camera = (messages: readonly Heard[], id: string) =>
    messages
      .map(({ data }) => (data?.cameras as Record<string, Record<string, unknown>> | undefined)?.[id])
      .filter((one) => one !== undefined)
      .at(-1);

  it('shows every camera, its state and its picture’s age, and follows what changes', async () => {
    const { send, of } = await listen();
    send({ type: 'subscribe', topics: ['cameras'] });
    await eventually(() =>
      expect(camera(of('cameras'), 'line-3')).toMatchObject({
        name: 'Packing line 3',
        state: 'running',
        wanted: 'running',
        motion: true,
        expected_fps: 10,
      }),
    );
    expect(of('cameras')[0]).toMatchObject({ type: 'snapshot' });
    await eventually(() =>
      expect(Date.now() - Number(camera(of('cameras'), 'line-3')?.last_frame_at)).toBeLessThan(4_000),
    );
    expect(camera(of('cameras'), 'dock')).toMatchObject({ state: 'stopped', pid: 0, fps: null, last_frame_at: null });
    expect((await post('/cameras/dock/start')).status).toBe(200);
    await eventually(() => expect(camera(of('cameras'), 'dock')).toMatchObject({ state: 'running' }));
    expect((await post('/cameras/dock', undefined, 'DELETE')).status).toBe(200);
    await eventually(() => expect(of('cameras').at(-1)?.data).toMatchObject({ removed: ['dock'] }));
  });

  it('tells of events, violations and their handling, alerts, the rollout, the file, health and a log', async () => {
    const { send, of } = await listen();
    const topics = ['events', 'violations', 'alerts', 'rollout', 'config', 'health', 'logs:line-3'];
    send({ type: 'subscribe', topics });
    await eventually(() => expect(topics.filter((topic) => of(topic).length === 0)).toEqual([]));
    expect(of('rollout')[0]?.data).toHaveProperty('groups');
    expect(of('config')[0]?.data).toMatchObject({ state: 'in_sync' });
    expect(of('health')[0]?.data).toHaveProperty('status');
    expect(String((of('logs:line-3')[0]?.data?.lines as string[] | undefined)?.[0])).toContain('first frame');
    const event = { id: '018fd3c2-7a10-7000-8000-0000000000e1', ts: Date.now() / 1_000, type: 'NO_HAIRNET_AT_SINK' };
    expect((await post('/events', { events: [{ ...event, camera_id: 'line-3', track_id: 4 }] })).status).toBe(200);
    const items = (topic: string) => of(topic).flatMap(({ data }) => data?.items as Record<string, unknown>[]);
    await eventually(() => expect(items('events')).toContainEqual(expect.objectContaining({ type: event.type })));
    await eventually(() =>
      expect(items('violations')).toContainEqual(expect.objectContaining({ status: 'pending', camera_id: 'line-3' })),
    );
    const { id } = items('violations').at(-1) as { id: number };
    expect((await post(`/records/violations/${id}/status`, { status: 'confirmed' }, 'PUT')).status).toBe(200);
    await eventually(() =>
      expect(items('violations')).toContainEqual(expect.objectContaining({ id, status: 'confirmed', version: 2 })),
    );
    await eventually(() => expect(of('violations').at(-1)?.data?.counts).toEqual({ confirmed: 1 }));
  });

  it('resumes after the connection was lost', async () => {
    const first = await listen();
    first.send({ type: 'subscribe', topics: ['cameras'] });
    await eventually(() => expect(first.of('cameras').length).toBeGreaterThan(0));
    const seq = first.of('cameras').at(-1)?.seq;
    first.socket.terminate();
    const { send, of } = await listen();
    send({ type: 'subscribe', topics: ['cameras'], since: { cameras: seq }, epoch: first.heard[0]?.epoch });
    await eventually(() => expect(of('cameras').map(({ type }) => type)).toContain('delta'));
    expect(of('cameras')[0]?.type).toBe('delta');
  });

  it('shows the pictures of a camera as they come, one at a time', async () => {
    const { send, shown } = await listen();
    send({
      type: 'watch',
      tiles: [
        { id: 'none', fps: 5 },
        { id: 'line-3', w: 640, fps: 5 },
      ],
    });
    await eventually(() => expect(shown).toHaveLength(1));
    expect(shown[0]).toMatchObject({ tile: 1, list: 1 });
    expect(shown[0]?.jpeg.readUInt16BE(0)).toBe(0xffd8);
    let acknowledged = 0;
    await eventually(
      () => {
        const last = shown.at(-1);
        if (last && last.seq !== acknowledged) {
          acknowledged = last.seq;
          send({ type: 'ack', tile: last.tile, seq: last.seq });
        }
        return shown.length >= 8;
      },
      { every: 10 },
    );
    const times = shown.map(({ takenAt }) => takenAt);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
  });

  it('refuses what it does not understand', async () => {
    const { send, heard } = await listen();
    send({ type: 'watch', tiles: 'all' });
    send({ type: 'subscribe', topics: ['nothing'] });
    await eventually(() => expect(heard.filter(({ type }) => type === 'error')).toHaveLength(2));
  });
});
