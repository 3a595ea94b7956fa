import { WebSocket } from 'ws';
import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';

const CAMERAS = `cameras:
  - {id: cam0, name: 门口, source: 'testsrc:size=320x180,rate=10', auto_start: true}
  - {id: cam1, name: Sink, source: 'rtsp://user:geheim@192.0.2.7/main', active: false}
`;

const MODES = [
  ['legacy', { USE_DOMAIN_SERVICE: 'false' }],
  ['domain', { USE_DOMAIN_SERVICE: 'true', ROLLOUT_PERCENT: '100' }],
] as const;

type Kind = 'string' | 'number' | 'boolean' | 'list' | 'object' | 'nothing';
type Fields = Readonly<Record<string, Kind | readonly Kind[]>>;

const kindOf = (value: unknown): Kind | 'undefined' => {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'list' : (typeof value as Kind);
};

/** The fields that a view reads are there, and of a kind that it can show. */
function shows(answer: unknown, fields: Fields): void {
  const wrong = Object.entries(fields).flatMap(([path, kinds]) => {
    const value = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], answer);
    const kind = kindOf(value);
    return [kinds].flat().some((one) => one === kind) ? [] : [`${path} is ${kind}`];
  });
  expect(wrong).toEqual([]);
}

/** A browser with the old dashboard: it sends what that sends, and notes what fails. */
class Dashboard {
  readonly failed: string[] = [];

  constructor(private readonly url: string) {}

  async ask<T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T> {
    const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {};
    const response = await fetch(`${this.url}${path}`, { method, ...sent });
    const text = await response.text();
    if (!response.ok && !path.startsWith('/api/v1/mlops/'))
      this.failed.push(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  get = <T = Record<string, unknown>>(path: string) => this.ask<T>('GET', `/api/v1${path}`);
  post = (path: string, body?: object) => this.ask('POST', `/api/v1${path}`, body);
  put = (path: string, body?: object) => this.ask('PUT', `/api/v1${path}`, body);
  remove = (path: string) => this.ask('DELETE', `/api/v1${path}`);

  socket(path: string): WebSocket {
    return new WebSocket(`${this.url.replace('http', 'ws')}${path}`);
  }
}

describe.each(MODES)('the old dashboard, unmodified, on the %s path', (_, settings) => {
  let site: CameraSite;
  let page: Dashboard;
  const sockets: WebSocket[] = [];

  beforeAll(async () => {
    site = await CameraSite.start(CAMERAS, settings);
    page = new Dashboard(site.url);
    const now = Date.now() / 1_000;
    const events = ['NO_HAIRNET_AT_SINK', 'HANDWASH'].map((type, i) => ({
      ts: now - 60 - i,
      type,
      camera_id: 'cam0',
      track_id: i,
      evidence: { confidence: 0.9 },
    }));
    await page.post('/events', { events });
    await eventually(async () => {
      const { total } = await page.get('/records/violations?limit=100&offset=0');
      expect(total).toBe(1);
    });
    await site.becomes('cam0', { running: true, state: 'running' });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
    expect(page.failed.splice(0)).toEqual([]);
  });
  afterAll(() => site.remove());

  const CAMERA: Fields = {
    id: 'string',
    name: 'string',
    source: 'string',
    resolution: 'string',
    fps: 'number',
    regions_file: 'string',
    active: 'boolean',
    enabled: 'boolean',
    auto_start: 'boolean',
  };
  const cameras = async () => (await page.get<{ cameras: Record<string, unknown>[] }>('/cameras')).cameras;
  const camera = async (id: string) => (await cameras()).find((one) => one.id === id) ?? {};

  it('lists cameras and their processes, again and again', async () => {
    for (const one of await cameras()) shows(one, CAMERA);
    for (let i = 0; i < 3; i += 1) {
      const statuses = await page.post('/cameras/batch-status', { camera_ids: [] });
      expect(Object.keys(statuses).sort()).toEqual(['cam0', 'cam1']);
      shows(statuses, { 'cam0.running': 'boolean', 'cam0.pid': 'number', 'cam1.running': 'boolean' });
    }
  });

  it('creates, edits, activates, starts, stops and deletes a camera', async () => {
    const form = {
      id: 'vid1',
      name: 'New',
      source: 'testsrc:size=320x180,rate=5',
      resolution: '',
      fps: null,
      regions_file: '',
    };
    await page.post('/cameras', form);
    shows(await camera('vid1'), CAMERA);
    await page.put('/cameras/vid1', { id: 'vid1', name: 'Newer', source: form.source, resolution: '320x180', fps: 5 });
    expect(await camera('vid1')).toMatchObject({ name: 'Newer', resolution: '320x180', fps: 5 });
    await page.put('/cameras/vid1/auto-start?auto_start=true');
    expect(await camera('vid1')).toMatchObject({ auto_start: true });
    await page.put('/cameras/vid1/auto-start?auto_start=false');
    await page.post('/cameras/vid1/deactivate');
    expect(await camera('vid1')).toMatchObject({ active: false, enabled: false });
    await page.post('/cameras/vid1/activate');
    await page.post('/cameras/vid1/start');
    await eventually(async () => {
      const { vid1 } = await page.post('/cameras/batch-status', { camera_ids: [] });
      expect(vid1).toMatchObject({ running: true });
    });
    await page.post('/cameras/vid1/stop');
    await page.post('/cameras/refresh');
    await page.remove('/cameras/vid1');
    expect((await cameras()).map(({ id }) => id)).toEqual(['cam0', 'cam1']);
  });

  it('shows the numbers and the log of a camera', async () => {
    shows(await page.get('/cameras/cam0/stats'), {
      running: 'boolean',
      pid: 'number',
      log_file: 'string',
      'stats.total_frames': 'number',
      'stats.processed_frames': 'number',
      'stats.detected_persons': 'number',
      'stats.detected_hairnets': 'number',
      'stats.detected_handwash': 'number',
      'stats.avg_fps': 'number',
      'stats.avg_detection_time': 'number',
      'stats.last_detection_time': ['string', 'number', 'nothing'],
    });
    for (const lines of [20, 50, 100, 200])
      shows(await page.get(`/cameras/cam0/logs?lines=${lines}`), { total_lines: 'number', lines: 'list' });
  });

  it('shows live pictures: the newest at once, and new ones as they come', async () => {
    const socket = page.socket('/api/v1/video-stream/ws/cam0');
    sockets.push(socket);
    const pictures: Buffer[] = [];
    const texts: string[] = [];
    socket.on('message', (data: Buffer, isBinary) => (isBinary ? pictures.push(data) : texts.push(String(data))));
    await eventually(() => expect(pictures.length).toBeGreaterThan(2), { within: 20_000 });
    for (const picture of pictures) expect(picture.toString('hex', 0, 3)).toBe('ffd8ff');
    socket.send('ping');
    await eventually(() => expect(texts).toEqual(['pong']));
    expect(await page.get('/video-stream/status/cam0')).toEqual({
      camera_id: 'cam0',
      has_clients: true,
      client_count: 1,
    });
    const sent = pictures[0] ?? Buffer.alloc(0);
    const pushed = await fetch(`${site.url}/api/v1/video-stream/frame/cam1`, {
      method: 'POST',
      body: new Uint8Array(sent),
    });
    expect([pushed.status, await pushed.json()]).toEqual([200, { ok: true, camera_id: 'cam1', size: sent.length }]);
    const other = page.socket('/api/v1/video-stream/ws/cam1');
    sockets.push(other);
    const first = await new Promise<Buffer>((resolve) => other.once('message', (data: Buffer) => resolve(data)));
    expect(first.equals(sent)).toBe(true);
    shows(await page.get('/video-stream/stats'), {
      total_connections: 'number',
      active_cameras: 'number',
      frames_sent: 'number',
      frames_dropped: 'number',
      frames_received: 'number',
      'active_cameras_detail.cam0': 'number',
    });
    other.send(Buffer.from([1]));
    await eventually(() => expect(other.readyState).toBe(WebSocket.CLOSED));
  });

  const REGION: Fields = {
    region_id: 'string',
    name: 'string',
    region_type: 'string',
    polygon: 'list',
    is_active: 'boolean',
    rules: 'object',
    description: 'string',
  };
  const drawn = (region_id: string, more: object = {}) => ({
    region_id,
    name: region_id,
    region_type: 'custom',
    polygon: [
      { x: 10, y: 10 },
      { x: 200, y: 10 },
      { x: 200, y: 150 },
    ],
    is_active: true,
    rules: { requireHairnet: true, limitOccupancy: false, timeRestriction: false },
    description: 'drawn',
    ...more,
  });
  const regions = () => page.get<Record<string, unknown>[]>('/management/regions?camera_id=undefined');

  it('draws, switches, edits, saves and removes regions', async () => {
    expect(await regions()).toEqual([]);
    shows(await page.post('/management/regions', drawn('region_1')), REGION);
    await page.post('/management/regions/meta', { canvas_size: { width: 800, height: 450 }, fit_mode: 'contain' });
    const [listed] = await regions();
    shows(listed, REGION);
    expect(listed).toMatchObject({
      polygon: [
        [10, 10],
        [200, 10],
        [200, 150],
      ],
      rules: { requireHairnet: true },
    });
    const toggled = await page.put('/management/regions/region_1', { ...drawn('region_1'), is_active: false });
    shows(toggled, REGION);
    expect(toggled).toMatchObject({ is_active: false, description: 'drawn' });
    const edited = await page.put('/management/regions/region_1', { enabled: true });
    expect(edited).toMatchObject({ is_active: true, name: 'region_1', region_type: 'custom' });
    await page.post('/management/regions/batch', { regions: [drawn('region_1', { name: 'one' }), drawn('region_2')] });
    expect((await regions()).map(({ name }) => name)).toEqual(['one', 'region_2']);
    await page.remove('/management/regions/region_2');
    await page.remove('/management/regions');
    expect(await regions()).toEqual([]);
    await page.ask('POST', '/api/regions', {
      regions: [{ id: 'a', type: 'custom', points: drawn('a').polygon, name: 'A' }],
    });
    shows(await page.ask('GET', '/api/regions'), {
      'regions.0.id': 'string',
      'regions.0.points': 'list',
      'canvas_size.width': 'number',
    });
    await page.remove('/management/regions');
  });

  it('shows statistics: sums, single events, days', async () => {
    const to = new Date(Date.now() + 60_000).toISOString();
    const from = new Date(Date.now() - 86_400_000).toISOString();
    for (const filter of ['', '&camera_id=cam0']) {
      shows(await page.get(`/statistics/summary?${filter.slice(1)}`), {
        total_events: 'number',
        counts_by_type: 'object',
      });
      const { events } = await page.get<{ events: object[] }>(
        `/statistics/events?start_time=${from}&end_time=${to}${filter}&limit=100`,
      );
      const sent = events.find((event) => (event as { type: string }).type === 'HANDWASH');
      shows(sent, { timestamp: 'string', confidence: 'number', camera_name: 'string', event_type: 'string' });
      const days = await page.get<object[]>(`/statistics/daily?days=7${filter}`);
      expect(days).toHaveLength(7);
      for (const day of days) shows(day, { date: 'string', total_events: 'number', counts_by_type: 'object' });
    }
  });

  it('shows detection records and violations', async () => {
    shows(await page.get('/records/detection-records/cam0?limit=100&offset=0'), { records: 'list', total: 'number' });
    shows(await page.get('/records/statistics/cam0?period=7d'), {
      'statistics.total_frames': 'number',
      'statistics.total_persons': 'number',
      'statistics.total_hairnet_violations': 'number',
      'statistics.avg_fps': 'number',
    });
    for (const filter of ['', '&camera_id=cam0', '&camera_id=cam0&status=pending', '&violation_type=no_hairnet'])
      shows(await page.get(`/records/violations?limit=100&offset=0${filter}`), {
        'violations.0.id': 'number',
        'violations.0.timestamp': 'string',
        'violations.0.camera_id': 'string',
        'violations.0.violation_type': 'string',
        'violations.0.confidence': 'number',
        'violations.0.status': 'string',
        'violations.0.track_id': ['number', 'nothing'],
      });
  });

  it('shows alerts and their rules', async () => {
    for (const filter of ['', '&camera_id=cam0', '&alert_type=violation'])
      shows(await page.get(`/alerts/history-db?limit=100${filter}`), { items: 'list' });
    for (const filter of ['', 'camera_id=cam0', 'enabled=true'])
      shows(await page.get(`/alerts/rules?${filter}`), { items: 'list' });
    shows(await page.get('/alerts/rules'), {
      'items.0.id': 'number',
      'items.0.name': 'string',
      'items.0.camera_id': ['string', 'nothing'],
      'items.0.rule_type': 'string',
      'items.0.enabled': 'boolean',
      'items.0.priority': 'string',
    });
  });

  it('shows the machine, and asks in vain only for what never was there', async () => {
    shows(await page.get('/system/health'), { status: 'string' });
    shows(await page.get('/system/info'), {
      'system.system': 'string',
      'system.version': 'string',
      'system.architecture': ['string', 'list'],
      'system.hostname': 'string',
      'system.processor': 'string',
      'cpu.count': 'number',
      'cpu.current_frequency': ['number', 'nothing'],
      'cpu.usage_percent': 'number',
      'memory.total': 'number',
      'memory.used': 'number',
      'memory.available': 'number',
      'disk.total': 'number',
      'disk.used': 'number',
      'disk.free': 'number',
    });
    shows(await page.get('/mlops/models'), { status: 'number' });
  });
});
