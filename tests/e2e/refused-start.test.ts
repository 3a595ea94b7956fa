import { Client } from 'pg';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Server, createServer } from 'node:net';
import path from 'node:path';
import { inTime } from '../support/in-time';
import { ACCOUNTS, BareSite, type Ended } from '../support/service-run';
import { createTestDatabase } from '../support/test-database';

/** A whole start on a loaded machine, and the three seconds a silent database is waited for. */
const IN_TIME_MS = 15_000;

describe.each(ACCOUNTS)('as $name', (account) => {
  let site: BareSite;
  beforeEach(() => {
    site = new BareSite(account);
  });
  afterEach(() => site.remove());

  /** The sentence of a start that was refused, in time and with 1. */
  async function refusal(settings: Readonly<Record<string, string>>): Promise<string> {
    const from = performance.now();
    const ended: Ended = await site.start(settings).ended;
    expect(ended).toMatchObject({ code: 1, signal: null });
    inTime(performance.now() - from, IN_TIME_MS);
    expect(ended.output).not.toMatch(/\n +at |is ready/);
    const [, sentence = ''] = /Watchgate did not start: ([^]*)$/.exec(ended.output) ?? [];
    return sentence.trim();
  }

  it('all bad settings are told at once', async () => {
    const bad = { PORT: 'abc', ROLLOUT_PERCENT: '101', LOG_LEVEL: 'loud', TZ: 'Mars/Base', DATABASE_URL: 'mysql://x' };
    const said = await refusal(bad);
    expect(said).toContain('5 bad setting(s)');
    for (const name of Object.keys(bad)) expect(said).toMatch(new RegExp(`^ {2}- ${name} (must|is) `, 'm'));
    expect(existsSync(path.join(site.dir, 'data'))).toBe(false);
  });

  it('a database that cannot be reached is named without its password', async () => {
    const port = await freePort();
    const said = await refusal({ DATABASE_URL: `postgres://watch:geheim@127.0.0.1:${port}/site` });
    expect(said).toMatch(
      new RegExp(`^The database in DATABASE_URL \\(127\\.0\\.0\\.1:${port}\\) cannot be used: .*ECONNREFUSED`),
    );
    expect(said).toContain('Start it, correct DATABASE_URL, or leave it empty');
    expect(said).not.toContain('geheim');
    const written = readdirSync(site.dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of written)
      expect(readFileSync(path.join(parentPath, name), 'utf8')).not.toContain('geheim');
  });

  it('a folder of the cameras file that is missing is named', async () => {
    const said = await refusal({ CAMERAS_FILE: path.join(site.dir, 'none/cameras.yaml') });
    expect(said).toMatch(/^CAMERAS_FILE .*none\/cameras\.yaml cannot be used: its folder does not exist\./);
  });

  it('a cameras file that is a folder is named', async () => {
    const said = await refusal({ CAMERAS_FILE: path.join(site.dir, 'config') });
    expect(said).toMatch(/^CAMERAS_FILE .* cannot be used: it is a folder, not a file\./);
  });

  it('a log folder that is a file is named', async () => {
    writeFileSync(path.join(site.dir, 'config/file'), '');
    const said = await refusal({ LOG_DIR: path.join(site.dir, 'config/file') });
    expect(said).toMatch(/^LOG_DIR .*config\/file cannot be used: it is not a folder\./);
  });

  // Root may write anywhere.
  (account.uid === 0 ? it.skip : it)('folders that this user may not use are named', async () => {
    const closed = path.join(site.dir, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    const said = await refusal({ LOG_DIR: path.join(closed, 'logs') });
    expect(said).toMatch(/^LOG_DIR .*closed\/logs cannot be used: this user may not use it\./);
    expect(await refusal({ LOG_DIR: closed })).toMatch(/^LOG_DIR .*closed cannot be used: this user may not use it\./);
    const file = path.join(closed, 'cameras.yaml');
    expect(await refusal({ CAMERAS_FILE: file })).toMatch(
      /^CAMERAS_FILE .* cannot be used: this user may not use it\./,
    );
  });
});

describe('a start', () => {
  let site: BareSite;
  let servers: Server[];
  beforeEach(() => {
    site = new BareSite();
    servers = [];
  });
  afterEach(async () => {
    await site.remove();
    for (const server of servers) await new Promise((closed) => server.close(closed));
  });

  async function occupied(): Promise<number> {
    const server = createServer((socket) => void socket.on('error', () => undefined).resume());
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return (server.address() as AddressInfo).port;
  }

  it('on a port that is taken says so and what to do, before anything is made', async () => {
    const port = await occupied();
    const { code, output } = await site.start({ PORT: String(port) }).ended;
    expect(code).toBe(1);
    expect(output).toContain(`did not start: Port ${port} is taken: stop what uses it, or set PORT.`);
    expect(existsSync(path.join(site.dir, 'data'))).toBe(false);
  });

  it.each([
    ['an open address', { HOST: '0.0.0.0' }, 'HOST=0.0.0.0 can be reached from other machines'],
    ['a demand for tokens', { REQUIRE_TOKEN: 'true' }, 'REQUIRE_TOKEN=true'],
  ])('with %s and without a token says how to make one, before anything is made', async (_, settings, says) => {
    const { code, output } = await site.start(settings).ended;
    expect(code).toBe(1);
    expect(output).toContain(`did not start: ${says}, so every request needs a token, and there is none yet.`);
    expect(output).toContain('npm run token -- create --role admin');
    expect(existsSync(path.join(site.dir, 'data'))).toBe(false);
  });

  it('on a database without a token makes no table there', async () => {
    const database = await createTestDatabase({ empty: true });
    try {
      const { code, output } = await site.start({ DATABASE_URL: database.url, REQUIRE_TOKEN: 'true' }).ended;
      expect(code).toBe(1);
      expect(output).toContain('there is none yet');
      const sql = new Client({ connectionString: database.url });
      await sql.connect();
      const { rows } = await sql.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
      await sql.end();
      expect(rows).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('as the legacy path of itself is refused before anything is made', async () => {
    const { code, output } = await site.start({ PORT: '8977', LEGACY_BASE_URL: 'http://127.0.0.1:8977' }).ended;
    expect(code).toBe(1);
    expect(output).toContain('LEGACY_BASE_URL is the address of this service itself');
    expect(existsSync(path.join(site.dir, 'data'))).toBe(false);
  });

  it('with a server that takes connections and never speaks gives up in time', async () => {
    const from = performance.now();
    const url = `postgres://watch:geheim@127.0.0.1:${await occupied()}/site`;
    const { code, output } = await site.start({ DATABASE_URL: url }).ended;
    expect(code).toBe(1);
    inTime(performance.now() - from, IN_TIME_MS);
    expect(output).toContain('cannot be used: ');
    expect(output).not.toContain('geheim');
  });

  it.each(['geh@eim', 'geh#eim', 'geh/eim', '12/geheim', 'geh?eim', 'geh%zzeim'])(
    'with the password %s, not written as a URL needs it, shows no piece of it',
    async (password) => {
      const { code, output } = await site.start({ DATABASE_URL: `postgres://u:${password}@127.0.0.1:1/site` }).ended;
      expect(code).toBe(1);
      expect(output).toContain('DATABASE_URL is no valid URL: write special characters of user and password as %XX');
      expect(output).not.toContain('eim');
    },
  );

  it.each(['', 'abc', '-1', '50%'])('with ROLLOUT_PERCENT=%j does not guess a share', async (text) => {
    const { code, output } = await site.start({ ROLLOUT_PERCENT: text, USE_DOMAIN_SERVICE: 'true' }).ended;
    expect(code).toBe(1);
    expect(output).toContain('ROLLOUT_PERCENT must be a number from 0 to 100');
  });

  it('with an address of another machine says so', async () => {
    await site.token('admin', 'li');
    const { code, output } = await site.start({ HOST: '192.0.2.1' }).ended;
    expect(code).toBe(1);
    expect(output).toContain('192.0.2.1 is no address of this machine: set HOST to one, such as 127.0.0.1.');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
