import { Client } from 'pg';
import type { Log } from '../../application/shared/log';

const TRY_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;

export interface Leader {
  /** This service is the one now. */
  take(): Promise<void>;
  /** Another service became the one. */
  leave(): Promise<void>;
}

/**
 * Of all services that share a database, exactly one holds this lock, on a connection of its own. Losing the connection
 * is not losing the lead: while the database is away nobody else can take it. It is lost when somebody else has it after.
 */
export class PgLeadership {
  private client?: Client;
  private leads = false;
  private busy: Promise<void> = Promise.resolve();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly leader: Leader,
    private readonly log: Log,
  ) {}

  /** Resolves after the first try. */
  async start(): Promise<void> {
    await this.attempt();
    this.timer = setInterval(() => {
      this.busy = this.busy.then(() => this.attempt());
    }, TRY_EVERY_MS);
  }

  /** The lock goes last, so that nobody takes over before everything here has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.busy;
    if (this.leads) await this.leader.leave();
    await this.client?.end();
  }

  private async attempt(): Promise<void> {
    if (this.client && this.leads) return;
    try {
      const client = this.client ?? (await this.connect());
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS mine', [
        this.name,
      ]);
      const mine = rows[0]?.mine === true;
      if (mine && !this.leads) await this.leader.take();
      if (!mine && this.leads) await this.leader.leave();
      this.leads = mine;
    } catch (error) {
      this.log.debug('the lead cannot be asked for yet', { lead: this.name, error });
    }
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      application_name: 'watchgate-lead',
    });
    client.on('error', (error) => {
      if (this.client === client) this.client = undefined;
      this.log.warn('the connection that holds a lead was lost', { lead: this.name, error });
    });
    await client.connect();
    this.client = client;
    return client;
  }
}
