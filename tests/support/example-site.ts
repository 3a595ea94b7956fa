import { Client } from 'pg';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blobModel } from './blob-model';
import { drawFilm } from './drawn-films';
import { eventually } from './eventually';
import { ALERTS, TOKEN } from './example-rows';
import { type Answer, BareSite, call } from './service-run';
import { type TestDatabase, createTestDatabase } from './test-database';

const camera = (id: string, more: string) =>
  `  - {id: ${id}, resolution: 320x180, fps: 5, location: hall B, ${more}}\n`;
const picture = 'source: "testsrc:size=320x180,rate=5"';

/** What is named `line-` runs; each change of an example has a camera of its own. */
const CAMERAS = `# The cameras of hall B
cameras:
${camera('line-3', `name: Packing line 3, ${picture}, auto_start: true, profile: accurate`)}${[4, 5, 6]
  .map((n) => camera(`line-${n}`, `name: Packing line ${n}, ${picture}, auto_start: true`))
  .join('')}${camera('dock', `name: Loading dock, ${picture}`)}${camera(
  'gate',
  'name: Gate, source: "rtsp://viewer:geheim@192.0.2.7/main"',
)}${camera('attic', `name: Attic, ${picture}, active: false`)}${camera('old-door', `name: Old door, source: "0"`)}`;

/** One of a camera, one of the whole site. */
const REGIONS = {
  regions: [
    {
      region_id: 'sink',
      region_type: 'handwash',
      polygon: [
        [120, 80],
        [360, 80],
        [360, 240],
        [120, 240],
      ],
      name: 'Hand-wash basin',
      camera_id: 'line-3',
      description: 'Left of the door',
    },
    {
      region_id: 'corner',
      region_type: 'restricted',
      polygon: [
        [0, 0],
        [50, 0],
        [0, 50],
      ],
    },
  ],
};

/** With a stage so short that it can be left. */
const PLANS = `defaults: {stages: [{percent: 10, bake: 30m}, {percent: 50, bake: 1d}, {percent: 100, bake: 1d}], auto_promote: false}
groups:
  record-read: {stages: [{percent: 10, bake: 1s}, {percent: 100, bake: 1d}]}
`;

const MINUTE_MS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();
const uuid = (n: number) => `018fd3c2-7a10-7000-8000-00000000000${n}`;

/** At a camera where no detector runs, so that nothing else comes to these. */
const events = () => [
  {
    id: uuid(1),
    ts: ago(8),
    type: 'NO_HAIRNET_AT_SINK',
    camera_id: 'gate',
    track_id: 17,
    evidence: { confidence: 0.91, region: 'sink', bbox: [410, 122, 506, 362], snapshot_path: 'captures/gate/17.jpg' },
  },
  { id: uuid(2), ts: ago(7), type: 'SKIP_DRYING', camera_id: 'gate', track_id: 18, evidence: { confidence: 0.84 } },
  { id: uuid(3), ts: ago(6), type: 'HANDWASH', camera_id: 'gate', track_id: 17, evidence: { region: 'sink' } },
  {
    id: uuid(4),
    ts: ago(5),
    type: 'detection',
    camera_id: 'gate',
    evidence: {
      frame_number: 5400,
      frames: 250,
      person_count: 3,
      hairnet_violations: 1,
      handwash_events: 1,
      sanitize_events: 0,
      confidence: 0.9,
      fps: 12,
      processing_time: 0.07,
    },
  },
];

/** A running service, the built one, with everything in it that the examples of the catalogue are about. */
export class ExampleSite {
  url = '';
  private readonly folder = new BareSite();

  private get captures(): string {
    return path.join(this.folder.dir, 'captures');
  }

  private constructor(private readonly database: TestDatabase) {}

  static async start(): Promise<ExampleSite> {
    const site = new ExampleSite(await createTestDatabase());
    try {
      await site.begin();
    } catch (error) {
      // Its workers would outlive it.
      await site.remove();
      throw error;
    }
    return site;
  }

  async remove(): Promise<void> {
    await this.folder.remove();
    await this.database.drop();
  }

  private async begin(): Promise<void> {
    writeFileSync(this.folder.camerasFile, CAMERAS);
    writeFileSync(path.join(this.folder.dir, 'config/regions.json'), JSON.stringify(REGIONS));
    writeFileSync(path.join(this.folder.dir, 'config/rollout.yaml'), PLANS);
    const films = path.join(this.folder.dir, 'data/films');
    const model = path.join(this.folder.dir, 'blob.onnx');
    mkdirSync(films, { recursive: true });
    drawFilm(path.join(films, 'calm.avi'), 4, []);
    writeFileSync(model, blobModel());
    const { FFMPEG_PATH } = process.env;
    const settings = {
      DATABASE_URL: this.database.url,
      USE_DOMAIN_SERVICE: 'true',
      // The examples have times of one day, which must not become too old.
      RETENTION_DAYS: '3650',
      SITE_NAME: 'Plant 2',
      CAPTURES_DIR: this.captures,
      DETECTOR: 'auto',
      DETECTOR_PERSONS: model,
      ...(FFMPEG_PATH ? { FFMPEG_PATH } : {}),
    };
    this.url = await this.folder.start(settings).ready();
    await this.prepare();
  }

  private async prepare(): Promise<void> {
    await this.sql(ALERTS, TOKEN);
    const done = async (method: string, where: string, body?: object) => {
      const { status, body: told } = await call(this.url, method, where, body);
      if (status !== 200) throw new Error(`${method} ${where}: ${status} ${JSON.stringify(told)}`);
    };
    await done('POST', '/events', { events: events() });
    await eventually(async () => (await this.ask('GET', '/records/violations/2')).status === 200);
    await this.picture(1);
    await done('PUT', '/records/violations/2/status?status=confirmed&handled_by=li&notes=seen');
    await done('PUT', '/cameras/gate', { name: 'Main gate' });
    const started = ['event-read', 'statistics-read', 'record-read', 'system-read', 'alert-rules'];
    for (const group of started) await done('POST', `/rollout/${group}/start`);
    await done('POST', '/rollout/statistics-read/pause');
    await done('POST', '/rollout/record-read/approve', { reason: 'tried in the laboratory' });
    await eventually(() => this.isSettled(), { within: 30_000, every: 200, what: 'a prepared site' });
  }

  /** The cameras run, the audit trail is stored, and the short stage of the rollout is over. */
  private async isSettled(): Promise<boolean> {
    const of = async (method: string, where: string) => (await this.ask(method, where)).body as object;
    const statuses = Object.entries(await of('POST', '/cameras/batch-status'));
    const { entries } = (await of('GET', '/access/audit?operation=cameras.update')) as { entries: unknown[] };
    const { active_ms: active } = (await of('GET', '/rollout/record-read')) as { active_ms: number };
    const run = statuses.every(([id, { state }]) => !id.startsWith('line-') || state === 'running');
    return run && entries.length > 0 && active > 1_000;
  }

  /** As if the camera of a violation had run: at the moment of its event no worker gave a picture. */
  private async picture(violation: number): Promise<void> {
    const { timestamp } = (await this.ask('GET', `/records/violations/${violation}`)).body as { timestamp: string };
    const folder = path.join(this.captures, timestamp.slice(0, 10), String(violation));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${Date.parse(timestamp) - 100}.jpg`), Buffer.from('ffd8ffd9', 'hex'));
  }

  private ask(method: string, where: string): Promise<Answer> {
    return call(this.url, method, where);
  }

  private async sql(...statements: readonly string[]): Promise<void> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }
}
