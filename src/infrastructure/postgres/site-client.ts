import { Client, type ClientConfig } from 'pg';
import { databaseHosts } from '../system/database-hosts';
import { errorText } from '../system/files';

/** A server that answers slower than this is passed over; both together are less than any time-out of a connection. */
const ASK_WITHIN_MS = 1_500;
/** The server that took the last connections is asked this long before the others. */
const FIRST_MS = 200;

/** A server that may not be written to, or none: `unavailable` knows it by its code, as a server that starts. */
class NoWritableServer extends Error {
  readonly code = '57P03';
}

const refuseStandby = () =>
  new NoWritableServer('this server is a standby, which can only be read from: DATABASE_URL has to name the primary');

/** Of several servers the one that can be written to, found by asking all of them: which one changes at a failover. */
class Servers {
  private last: string | undefined;
  private asking: Promise<string> | undefined;

  constructor(private readonly urls: readonly string[]) {}

  /** Connections that are made at the same time share the question. */
  writable(): Promise<string> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<string> {
    const answers = this.urls.map(async (url) => {
      if (this.last !== undefined && url !== this.last) await new Promise((resolve) => setTimeout(resolve, FIRST_MS));
      return confirmWritable(url);
    });
    try {
      this.last = await Promise.any(answers);
      return this.last;
    } catch (error) {
      const reasons = error instanceof AggregateError ? error.errors : [error];
      const each = this.urls.map((url, i) => `${new URL(url).host}: ${errorText(reasons[i])}`);
      throw new NoWritableServer(`none of the servers in DATABASE_URL can be written to (${each.join('; ')})`, {
        cause: error,
      });
    }
  }
}

async function confirmWritable(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ASK_WITHIN_MS });
  // A connection that breaks is reported by what waits for it as well.
  client.on('error', () => undefined);
  const late = setTimeout(() => client.connection.stream.destroy(), ASK_WITHIN_MS);
  try {
    await client.connect();
    const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
    if (rows[0]?.standby !== false) throw refuseStandby();
    return url;
  } finally {
    clearTimeout(late);
    void client.end().catch(() => undefined);
  }
}

const known = new Map<string, Servers>();

function serversOf(url: string): Servers | undefined {
  const urls = databaseHosts(url);
  if (urls.length === 1) return undefined;
  const servers = known.get(url) ?? new Servers(urls);
  known.set(url, servers);
  return servers;
}

/**
 * A connection to the server of the site that can be written to. node-postgres knows one host only; pools and TypeORM
 * take this class in the place of theirs. A server says as soon as it accepts a connection whether it is a standby
 * (`in_hot_standby`, from PostgreSQL 14 on): one that was the primary when it was chosen is refused then.
 */
export class SiteClient extends Client {
  private readonly servers: Servers | undefined;

  constructor(config: ClientConfig = {}) {
    const url = config.connectionString ?? '';
    const [first = url] = databaseHosts(url);
    super({ ...config, connectionString: first });
    this.servers = serversOf(url);
  }

  override connect(): Promise<Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: Client) => void)): void;
  override connect(callback?: ((error: Error) => void) | ((error: null, client: Client) => void)) {
    const connected = this.toWritable();
    if (!callback) return connected;
    // Not within the promise: what the callback throws is not this connection's error.
    const answer = callback as (error: Error | null, client?: Client) => void;
    connected.then(
      () => process.nextTick(answer, null, this),
      (error: Error) => process.nextTick(answer, error),
    );
  }

  private async toWritable(): Promise<Client> {
    if (this.servers) {
      const { hostname, port } = new URL(await this.servers.writable());
      [this.host, this.port] = [hostname, Number(port || 5432)];
      if (this.connection.stream.destroyed) throw new Error('timeout exceeded when trying to connect');
    }
    let standby = false;
    this.connection.on('parameterStatus', ({ parameterName: name, parameterValue: value }: Record<string, unknown>) => {
      if (name === 'in_hot_standby') standby = value === 'on';
    });

    await super.connect();
    if (!standby) return this;
    void this.end().catch(() => undefined);
    throw refuseStandby();
  }
}
