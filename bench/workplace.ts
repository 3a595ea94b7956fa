import { Client } from 'pg';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { temporaryDirectory } from '../tests/support/temporary-directory';
import { type ServiceProcess, startService } from './service-process';

/** A directory and a database server for one benchmark, and everything that is started on them. */
export class Workplace {
  private readonly undoings: (() => Promise<unknown> | void)[] = [];

  private constructor(
    readonly dir: string,
    private readonly server: string,
  ) {}

  /** Whatever happens in `work`, all that was started is stopped again, last first. */
  static async use<T>(work: (workplace: Workplace) => Promise<T>): Promise<T> {
    const dir = temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ dir: path.join(dir, 'postgres') });
    const workplace = new Workplace(dir, postgres.url);
    workplace.undoings.push(
      () => rmSync(dir, { recursive: true, force: true }),
      () => postgres.stop(),
    );
    try {
      return await work(workplace);
    } finally {
      for (const undo of workplace.undoings.reverse()) await undo();
    }
  }

  /** A connection to a new database. */
  async database(name: string): Promise<{ readonly url: string; readonly client: Client }> {
    const server = await this.connect(this.server);
    await server.query(`CREATE DATABASE ${name}`);
    const url = new URL(this.server);
    url.pathname = `/${name}`;
    return { url: url.toString(), client: await this.connect(url.toString()) };
  }

  async service(
    databaseUrl: string,
    camerasFile: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    const service = await startService({
      DATABASE_URL: databaseUrl,
      CAMERAS_FILE: camerasFile,
      DATA_DIR: path.join(this.dir, `data-${this.undoings.length}`),
      LOG_DIR: path.join(this.dir, `logs-${this.undoings.length}`),
      USE_DOMAIN_SERVICE: 'true',
      ...settings,
    });
    this.undoings.push(() => service.stop());
    return service;
  }

  /** Forks a program of this folder and waits for the first thing it says. */
  async program(name: string, env: Readonly<Record<string, string>>): Promise<unknown> {
    const child = fork(path.join(__dirname, name), { env: { PATH: process.env.PATH, ...env } });
    const ended = once(child, 'exit');
    this.undoings.push(async () => {
      if (child.connected) child.disconnect();
      await ended;
    });
    const [said] = (await Promise.race([once(child, 'message'), ended.then(() => [])])) as unknown[];
    if (said === undefined) throw new Error(`${name} ended without a word`);
    return said;
  }

  onEnd(undo: () => Promise<unknown> | void): void {
    this.undoings.push(undo);
  }

  private async connect(connectionString: string): Promise<Client> {
    const client = new Client({ connectionString });
    await client.connect();
    this.undoings.push(() => client.end());
    return client;
  }
}
