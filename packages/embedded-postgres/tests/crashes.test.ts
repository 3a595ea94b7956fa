import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandOf } from '../src/postmaster-file';
import { isRoot, unprivilegedAccount } from '../src/run-account';
import {
  cleanUp,
  expectNote,
  freshDirectory,
  isGone,
  query,
  start,
  startProcess,
  useLauncher,
  writeNote,
} from './support/use-launcher';

const account = unprivilegedAccount();
const healthy = useLauncher();

describe('several at once, crashes and signals', () => {
  it('lets three simultaneous first starts share one server', async () => {
    const dir = freshDirectory();
    const servers = await Promise.all([1, 2, 3].map(() => startProcess(healthy.clone, dir).started()));
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
    const launcher = startProcess(healthy.clone, dir);
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
    const launcher = startProcess(healthy.clone, dir);
    const first = await launcher.started();
    await writeNote(first);
    const watchdogs = readdirSync('/proc').filter((pid) => {
      const command = /^\d+$/.test(pid) ? commandOf(Number(pid)) : '';
      return command.startsWith('/bin/sh ') && command.includes(`/postgres -D ${dir}/data `);
    });
    expect(watchdogs).toHaveLength(1);
    process.kill(Number(watchdogs[0]), 'SIGKILL');
    await launcher.kill('SIGKILL');
    cleanUp(async () => {
      process.kill(first.pid, 'SIGINT');
      await isGone(first.pid);
    });
    const second = await start(dir);
    expect(second).toMatchObject({ owned: false, pid: first.pid });
    await expectNote(second);
  });

  it('stops when its process is killed and nobody starts another', async () => {
    const launcher = startProcess(healthy.clone, freshDirectory());
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
    const launcher = startProcess(healthy.clone, freshDirectory(), { detached: true });
    const server = await launcher.started();
    const interrupted = once(launcher.child, 'message');
    process.kill(-(launcher.child.pid ?? 0), 'SIGINT');
    await interrupted;
    await writeNote(server);
    await launcher.stop();
    expect(commandOf(server.pid)).toBe('');
  });

  it.each([
    ['that names a living process of another kind', 'alive'],
    ['that names a process that is gone, as after a reboot', 'gone'],
    ['that is empty, as after a power cut', 'empty'],
  ])('is not held up by a lock %s', async (_case, state) => {
    const dir = freshDirectory();
    const before = await start(dir);
    await writeNote(before);
    const [, ...rest] = readFileSync(path.join(dir, 'data/postmaster.pid'), 'utf8').split('\n');
    await before.stop();

    const other = spawn('/bin/sh', ['-c', 'read -r _'], { ...account.switchTo, cwd: '/' });
    cleanUp(() => void other.kill('SIGKILL'));
    await once(other, 'spawn');
    const lock = state === 'empty' ? '' : [other.pid, ...rest].join('\n');
    if (state === 'gone') {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    for (const file of [path.join(dir, 'data/postmaster.pid'), path.join(dir, 'run/.s.PGSQL.5432.lock')]) {
      writeFileSync(file, lock, { mode: 0o600 });
      utimesSync(file, 0, 0);
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
