import { writeFileSync } from 'node:fs';
import { Cable } from '../support/cable';
import { BareSite, type ServiceRun, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { eventually } from '../support/eventually';

interface TestCamera {
  readonly id: string;
  readonly name?: string;
  readonly source?: string;
  readonly starts?: boolean;
}

export const yamlOf = (cameras: readonly TestCamera[]): string =>
  `cameras:\n${cameras
    .map(
      ({ id, name = id, source = 'testsrc:', starts = false }) =>
        `  - id: ${id}\n    name: "${name}"\n    source: "${source}"\n    location: Hall\n    fps: 5\n    resolution: 640x360\n    active: true\n    auto_start: ${starts}\n`,
    )
    .join('')}`;

/** The built service with cameras of its own, and a database of its own, that a browser looks at. */
export class WebSite {
  url = '';
  adminToken = '';
  private run: ServiceRun | undefined;
  private port = '0';
  private readonly cable: Cable;
  databaseUrl = '';

  private constructor(
    readonly files: BareSite,
    private readonly database: TestDatabase,
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    this.cable = new Cable(database.url);
  }

  static async start(
    cameras: readonly TestCamera[] = [],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<WebSite> {
    const site = new WebSite(new BareSite(), await createTestDatabase({ empty: true }), settings);
    site.databaseUrl = await site.cable.open();
    writeFileSync(site.files.camerasFile, yamlOf(cameras));
    // A service that needs one does not start without a token.
    try {
      if (settings.REQUIRE_TOKEN) site.adminToken = await site.token('admin', 'admin');
      await site.up();
    } catch (error) {
      await site.remove();
      throw error;
    }
    return site;
  }

  /** Starts it, or starts it again on the same address; does nothing where it runs. */
  async up(): Promise<void> {
    if (this.run) return;
    this.run = this.launch(this.port);
    this.url = await this.run.ready();
    this.port = new URL(this.url).port;
  }

  /** A second service of the same site. */
  async second(): Promise<ServiceRun> {
    const run = this.launch('0');
    await run.ready();
    return run;
  }

  private launch(port: string): ServiceRun {
    const own = { DATABASE_URL: this.databaseUrl, TZ: 'Asia/Shanghai' };
    return this.files.start({ ...own, ...this.settings, PORT: port });
  }

  /** The database does not answer any more, whoever asks. */
  stopDatabase(): void {
    this.cable.refusing = true;
    this.cable.cut();
  }

  startDatabase(): void {
    this.cable.refusing = false;
  }

  /** Ends it without a word, as a power cut does. */
  async kill(): Promise<void> {
    await this.run?.end('SIGKILL');
    this.run = undefined;
  }

  async remove(): Promise<void> {
    await this.files.remove();
    this.cable.close();
    await this.database.drop();
  }

  token(role: string, name: string): Promise<string> {
    return this.files.token(role, name, { DATABASE_URL: this.database.url });
  }

  async get<T>(where: string): Promise<T> {
    return (await call(this.url, 'GET', where)).body as T;
  }

  post(where: string, body: object = {}) {
    return call(this.url, 'POST', where, body);
  }

  /** So many violations of one camera, waiting for a decision, each at a time of its own. */
  async violations(
    count: number,
    { camera = 'line-1', type = 'NO_HAIRNET_AT_SINK', apartMs = 90_000, track = 0 } = {},
  ): Promise<void> {
    const before = (await this.get<{ total: number }>('/records/violations?limit=1')).total;
    const now = Date.now();
    const events = Array.from({ length: count }, (_, i) => ({
      ts: (now - 2_000 - i * apartMs) / 1_000,
      type,
      camera_id: camera,
      track_id: track || i + 1,
      evidence: { confidence: 0.9, bbox: { x: 40, y: 40, width: 80, height: 160 } },
    }));
    const { body } = await this.post('/events', { events });
    const { rejected } = body as { rejected: unknown[] };
    if (rejected.length > 0) throw new Error(`events were rejected: ${JSON.stringify(rejected)}`);
    await eventually(
      async () => (await this.get<{ total: number }>('/records/violations?limit=1')).total >= before + count,
      { what: `${count} violations`, within: 30_000 },
    );
  }
}
