import { Client } from 'pg';
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { Database } from '../../src/infrastructure/postgres/database';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { PgSession } from '../../src/infrastructure/postgres/pg-session';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { rememberingLog } from '../support/quiet-log';
import { ServerPair } from '../support/server-pair';
import { createTestDatabase } from '../support/test-database';

const INSERT = `INSERT INTO site_failovers (n) VALUES ($1)`;

describe('a database of two servers', () => {
  let pair: ServerPair;
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    pair = await ServerPair.start();
  }, 120_000);
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await pair.stop();
  }, 120_000);

  async function opened(url: string): Promise<Database> {
    const database = new Database(url, () => undefined);
    closing.push(() => database.close());
    await database.open();
    return database;
  }

  it.each([false, true])(
    'is written to again right after the promotion of the standby, and everything acknowledged is there (standby named first: %s)',
    async (standbyFirst) => {
      const database = await opened(pair.url({ standbyFirst }));
      await database.execute('CREATE TABLE site_failovers (n int PRIMARY KEY)', []);
      let woken = 0;
      const connection = new DedicatedConnection(pair.url({ standbyFirst }), rememberingLog(), { askEveryMs: 200 });
      closing.push(() => connection.stop());
      await connection.listen('failovers', () => (woken += 1));
      for (let n = 0; n < 20; n++) await database.execute(INSERT, [n]);
      await pair.caughtUp();
      pair.killPrimary();
      await expect(database.execute(INSERT, [100])).rejects.toMatchObject({ code: 'database.unavailable' });
      await pair.promote();
      const promoted = performance.now();
      await eventually(() => database.transaction((sql) => sql.execute(INSERT, [200])), { every: 10 });
      const ms = performance.now() - promoted;
      inTime(ms, 1_500);
      process.stdout.write(`first acknowledged write ${Math.round(ms)} ms after the promotion\n`);
      const rows = await database.query<{ n: number }>('SELECT n FROM site_failovers ORDER BY n', []);
      expect(rows.map(({ n }) => n)).toEqual([...Array.from({ length: 20 }, (_, n) => n), 200]);
      await eventually(() => connection.isThere);
      const before = woken;
      await database.execute(`SELECT pg_notify('failovers', 'x')`, []);
      await eventually(() => woken > before);
    },
    120_000,
  );

  it('is not opened at the standby: none of its servers can be written to, and each says why', async () => {
    pair.killPrimary();
    const open = () => PgSession.open({ url: pair.url(), name: 'test' });
    await expect(open()).rejects.toThrow(/none of the servers .*: this server is a standby/);
    await expect(open()).rejects.toThrow(new URL(pair.primary.url).host);
    await expect(PgSession.open({ url: pair.standby.url, name: 'test' })).rejects.toThrow('is a standby');
  }, 120_000);

  it('is found behind a server that accepts connections and says nothing', async () => {
    await opened(pair.url());
    await pair.promote();
    pair.primary.cable.silent = true;
    const session = await PgSession.open({ url: pair.url(), name: 'test' });
    closing.push(() => session.end());
    expect(await session.query('SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: false }]);
  }, 120_000);
});

/** Stands for PgBouncer, which a test cannot have: what it does to a session is done to the bytes. */
async function pooler(join: (near: Socket) => void): Promise<{ readonly url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => near.destroy());
    join(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://postgres@127.0.0.1:${port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The messages of a server, each with its type and its length, without those of one type. */
function without(type: string, pass: (message: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 5 && rest.length >= rest.readUInt32BE(1) + 1) {
      const message = rest.subarray(0, rest.readUInt32BE(1) + 1);
      rest = rest.subarray(message.length);
      if (String.fromCharCode(message[0] ?? 0) !== type) pass(message);
    }
  };
}

describe('a pooler in transaction mode', () => {
  const says = /a connection pooler in transaction or statement mode, such as PgBouncer, is in between/;

  it('that takes no startup parameters is refused with a sentence', async () => {
    const error = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: options\0\0');
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeUInt32BE(error.length + 4, 1);
    const bouncer = await pooler((near) => near.once('data', () => near.end(Buffer.concat([head, error]))));
    await expect(new Database(`${bouncer.url}/site`, () => undefined).open()).rejects.toThrow(says);
    bouncer.close();
  });

  it('whose clients hear no notifications is refused, and the database behind it is not touched', async () => {
    const database = await createTestDatabase({ empty: true });
    const target = new URL(database.url);
    const bouncer = await pooler((near) => {
      const far = connect(`${target.searchParams.get('host')}/.s.PGSQL.${target.port}`);
      far.on('error', () => near.destroy());
      near.on('data', (data) => far.write(data));
      near.on('close', () => far.destroy());
      far.on(
        'data',
        without('A', (message) => near.write(message)),
      );
    });
    const through = new Database(`${bouncer.url}${target.pathname}`, () => undefined);
    await expect(through.open()).rejects.toThrow(says);
    const direct = new Client({ connectionString: database.url });
    await direct.connect();
    expect((await direct.query('SELECT FROM pg_tables WHERE schemaname = $1', ['public'])).rowCount).toBe(0);
    await direct.end();
    bouncer.close();
    await database.drop();
  });
});
