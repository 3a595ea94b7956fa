import { readFileSync, writeFileSync } from 'node:fs';
import type { CameraStats, ProcessStatus } from '../../src/application/camera-control/camera-control-port';
import { hasCode } from '../../src/infrastructure/system/files';
import { eventually } from './eventually';
import { type Answer, BareSite, type ServiceRun, call } from './service-run';
import { type TestDatabase, createTestDatabase } from './test-database';

/** The ffmpeg of this test run is that of the service's workers, too. */
const { FFMPEG_PATH } = process.env;
const FFMPEG: Readonly<Record<string, string>> = FFMPEG_PATH ? { FFMPEG_PATH } : {};

/** A process that ended and was not collected yet counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return false;
    throw error;
  }
}

export interface Preview {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Milliseconds. */
  readonly took: number;
}

/** The built service with cameras, and what tests ask of it over HTTP. */
export class CameraSite {
  url = '';
  readonly folder = new BareSite();
  private run?: ServiceRun;

  private constructor(
    private readonly database: TestDatabase | undefined,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** `settings` may name a database; otherwise the site has one of its own. */
  static async start(cameras: string, settings: Readonly<Record<string, string>> = {}): Promise<CameraSite> {
    const database = settings.DATABASE_URL ? undefined : await createTestDatabase();
    const site = new CameraSite(database, { ...FFMPEG, ...(database && { DATABASE_URL: database.url }), ...settings });
    site.write(cameras);
    await site.startAgain();
    return site;
  }

  get service(): ServiceRun {
    if (!this.run) throw new Error('the service was never started');
    return this.run;
  }

  async startAgain(): Promise<void> {
    this.run = this.folder.start(this.settings);
    this.url = await this.run.ready();
  }

  /** The cameras file, as its next reader finds it. */
  write(cameras: string): void {
    writeFileSync(this.folder.camerasFile, cameras);
  }

  text(): string {
    return readFileSync(this.folder.camerasFile, 'utf8');
  }

  call(method: string, path: string, body?: object): Promise<Answer> {
    return call(this.url, method, path, body);
  }

  async status(id: string): Promise<ProcessStatus> {
    return (await this.call('GET', `/cameras/${id}/status`)).body as ProcessStatus;
  }

  async statuses(): Promise<Readonly<Record<string, ProcessStatus>>> {
    return (await this.call('POST', '/cameras/batch-status')).body as Record<string, ProcessStatus>;
  }

  async frames(id: string): Promise<number> {
    const { stats } = (await this.call('GET', `/cameras/${id}/stats`)).body as CameraStats;
    return Number(stats.total_frames);
  }

  async preview(id: string): Promise<Preview> {
    const from = performance.now();
    const answer = await fetch(`${this.url}/api/v1/cameras/${id}/preview`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes, took: performance.now() - from };
  }

  /** Until a camera's process is as described; answers the milliseconds that took. */
  async becomes(id: string, state: Partial<ProcessStatus>, within = 60_000): Promise<number> {
    const from = performance.now();
    await eventually(async () => expect(await this.status(id)).toMatchObject(state), { within });
    return performance.now() - from;
  }

  async remove(): Promise<void> {
    await this.folder.remove();
    await this.database?.drop();
  }
}
