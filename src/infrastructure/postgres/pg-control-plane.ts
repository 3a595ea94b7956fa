import type { RolloutDocument } from '../../application/rollout/rollout-store';
import type { Log } from '../../application/shared/log';
import type { DedicatedConnection, SessionSql } from './dedicated-connection';
import { ROLLOUT_CHANNEL, loadRollout } from './pg-rollout-store';

/** An instance without a heartbeat for ten seconds is no longer shown. */
const HEARTBEAT_MS = 6_000;
const LOOK_EVERY_MS = 1_000;
/** Without confirmation for this long, this process could not have been stopped from outside: it takes itself back. */
export const STALE_AFTER_MS = 15_000;

export interface ControlPlaneListener {
  /** Applies a document, at once. */
  install(document: RolloutDocument): void;
  setStale(stale: boolean): void;
}

/**
 * Keeps this process at the newest revision of the rollout: it is notified of each, and confirmed by a heartbeat that
 * also returns the number of the newest. Every applied revision is acknowledged.
 */
export class PgControlPlane {
  private confirmedAt = performance.now();
  private running = false;
  private busy: Promise<void> | undefined;
  private again = false;
  private timers: NodeJS.Timeout[] = [];
  /** The revision in force here, as the control row names it. */
  private version = '';
  private acknowledged = -1;
  private readonly heard = () => void this.refresh();

  constructor(
    private readonly connection: DedicatedConnection,
    private readonly instance: { readonly id: string; readonly name: string },
    private readonly listener: ControlPlaneListener,
    private readonly log: Log,
  ) {}

  /** Resolves when the newest revision is in force here. */
  async start(): Promise<void> {
    this.running = true;
    // LISTEN first, then read: a change in between is notified.
    await this.connection.listen(ROLLOUT_CHANNEL, this.heard);
    await this.connection.use((sql) => this.confirm(sql));
    this.timers = [
      setInterval(() => void this.refresh(), HEARTBEAT_MS),
      setInterval(() => this.watch(), LOOK_EVERY_MS),
    ];
  }

  async stop(): Promise<void> {
    this.running = false;
    for (const timer of this.timers) clearInterval(timer);
    this.connection.forget(ROLLOUT_CHANNEL, this.heard);
    await this.busy;
    if (!this.connection.isThere) return;
    await this.connection
      .use((sql) => sql.query('DELETE FROM rollout_instances WHERE id = $1', [this.instance.id]))
      .catch((error: unknown) => this.log.debug('signing off', { error }));
  }

  /** One read at a time; a notification during a read leads to one more. */
  private refresh(): Promise<void> {
    this.again = true;
    this.busy ??= this.confirmAll().finally(() => {
      this.busy = undefined;
    });
    return this.busy;
  }

  private async confirmAll(): Promise<void> {
    while (this.again && this.running) {
      this.again = false;
      try {
        await this.connection.use((sql) => this.confirm(sql));
      } catch (error) {
        this.log.debug('the rollout cannot be followed yet', { error });
      }
    }
  }

  /**
   * The heartbeat; the rollout is read only where its revision changed, or where this instance has to be registered.
   */
  private async confirm(sql: SessionSql): Promise<void> {
    const asked = performance.now();
    const [row] = await sql.query<{ version: string }>(HEARTBEAT, [this.instance.id]);
    if (row?.version !== this.version) await this.read(sql);
    this.confirmedAt = asked;
    this.listener.setStale(false);
  }

  private async read(sql: SessionSql): Promise<void> {
    // Read before the document: a change in between is found by the next heartbeat.
    const [row] = await sql.query<{ version: string }>(`SELECT ${VERSION} AS version FROM rollout_control`);
    const document = await loadRollout({ query: (text, values) => sql.query(text, values) });
    this.listener.install(document);
    this.version = row?.version ?? '';
    const { revision } = document;
    await sql.query(ACKNOWLEDGE, [this.instance.id, this.instance.name, revision, revision !== this.acknowledged]);
    this.acknowledged = revision;
  }

  private watch(): void {
    if (performance.now() - this.confirmedAt > STALE_AFTER_MS) this.listener.setStale(true);
  }
}

/** After a failover that lost some revisions, two histories may use one number for different revisions. */
const VERSION = `revision || ' ' || last_hash`;

const HEARTBEAT = `
  UPDATE rollout_instances SET heartbeat_at = clock_timestamp() WHERE id = $1
  RETURNING (SELECT ${VERSION} FROM rollout_control) AS version`;

const ACKNOWLEDGE = `
  INSERT INTO rollout_instances VALUES ($1, $2, clock_timestamp(), $3, clock_timestamp(), clock_timestamp())
  ON CONFLICT (id) DO UPDATE SET
    applied_revision = $3, heartbeat_at = clock_timestamp(),
    applied_at = CASE WHEN $4 THEN clock_timestamp() ELSE rollout_instances.applied_at END`;
