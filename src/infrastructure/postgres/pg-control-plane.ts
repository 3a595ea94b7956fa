import { Client } from 'pg';
import type { RolloutDocument } from '../../application/rollout/rollout-store';
import type { Log } from '../../application/shared/log';
import { ROLLOUT_CHANNEL, loadRollout } from './pg-rollout-store';
import type { Readable } from './queryable';

const HEARTBEAT_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;
const RECONNECT_MS = 500;
/** Without confirmation for this long, nobody could have stopped this process: it takes itself back. */
export const STALE_AFTER_MS = 15_000;

export interface ControlPlaneListener {
  /** Takes over a document, at once. */
  install(document: RolloutDocument): void;
  setStale(stale: boolean): void;
}

/**
 * Keeps this process at the newest revision of the rollout: told by NOTIFY, confirmed by a heartbeat, both on one
 * connection of its own (a pooled one may be swapped under the LISTEN). Every revision taken over is acknowledged.
 */
export class PgControlPlane {
  private client?: Client;
  private confirmedAt = performance.now();
  private running = false;
  private busy?: Promise<void>;
  private again = false;
  private timers: NodeJS.Timeout[] = [];
  private acknowledged = -1;

  constructor(
    private readonly url: string,
    private readonly instance: { readonly id: string; readonly name: string },
    private readonly listener: ControlPlaneListener,
    private readonly log: Log,
  ) {}

  /** Resolves when the newest revision is in force here. */
  async start(): Promise<void> {
    this.running = true;
    await this.connect();
    this.timers = [setInterval(() => void this.refresh(), HEARTBEAT_MS), setInterval(() => this.watch(), RECONNECT_MS)];
  }

  async stop(): Promise<void> {
    this.running = false;
    for (const timer of this.timers) clearInterval(timer);
    await this.busy;
    await this.client
      ?.query('DELETE FROM rollout_instances WHERE id = $1', [this.instance.id])
      .catch((error: unknown) => this.log.debug('signing off', { error }));
    await this.client?.end();
  }

  /** LISTEN first, then read: whatever is changed in between is announced. */
  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      application_name: 'watchgate-rollout',
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('notification', () => void this.refresh());
    await client.connect();
    await client.query(`SET synchronous_commit = off; LISTEN ${ROLLOUT_CHANNEL}`);
    this.client = client;
    this.acknowledged = -1;
    await this.read(client);
  }

  private lost(client: Client, error: unknown): void {
    if (this.client === client) this.client = undefined;
    if (!this.running) return;
    this.log.warn('the connection that follows the rollout was lost', { error });
    client.end().catch((ended: unknown) => this.log.debug('it was gone already', { error: ended }));
  }

  /** One read at a time; a notification during a read leads to one more. */
  private refresh(): Promise<void> {
    this.again = true;
    this.busy ??= this.readAll().finally(() => {
      this.busy = undefined;
    });
    return this.busy;
  }

  private async readAll(): Promise<void> {
    while (this.again && this.running) {
      this.again = false;
      const { client } = this;
      try {
        if (client) await this.read(client);
        else await this.connect();
      } catch (error) {
        if (client) this.lost(client, error);
        else this.log.debug('the rollout cannot be followed yet', { error });
      }
    }
  }

  private async read(client: Client): Promise<void> {
    const sql: Readable = {
      query: async <Row>(text: string, values: readonly unknown[]) =>
        (await client.query(text, [...values])).rows as Row[],
    };
    const asked = performance.now();
    const document = await loadRollout(sql);
    this.listener.install(document);
    this.confirmedAt = asked;
    this.listener.setStale(false);
    await client.query(ACKNOWLEDGE, [
      this.instance.id,
      this.instance.name,
      document.revision,
      document.revision !== this.acknowledged,
    ]);
    this.acknowledged = document.revision;
  }

  private watch(): void {
    if (performance.now() - this.confirmedAt > STALE_AFTER_MS) this.listener.setStale(true);
    if (!this.client) void this.refresh();
  }
}

const ACKNOWLEDGE = `
  INSERT INTO rollout_instances VALUES ($1, $2, clock_timestamp(), $3, clock_timestamp(), clock_timestamp())
  ON CONFLICT (id) DO UPDATE SET
    applied_revision = $3, heartbeat_at = clock_timestamp(),
    applied_at = CASE WHEN $4 THEN clock_timestamp() ELSE rollout_instances.applied_at END`;
