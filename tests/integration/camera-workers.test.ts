import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CameraSupervisor } from '../../src/application/camera-control/camera-supervisor';
import { fingerprint } from '../../src/application/camera-control/worker-host';
import { systemTimers } from '../../src/infrastructure/environment/scheduler';
import { NodeWorkerHost, type WorkerHostOptions } from '../../src/infrastructure/process/node-worker-host';
import { lastLines } from '../../src/infrastructure/process/worker-log';
import { processesByToken, send, startOf } from '../../src/infrastructure/system/process-identity';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { rememberingLog } from '../support/quiet-log';
import { forkSupervisor } from '../support/supervising-process';
import { temporaryDirectory } from '../support/temporary-directory';
import { workerSettings } from '../support/worker-settings';
import { workerHostOptions } from '../support/worker-site';

let dir: string;
const supervisors: CameraSupervisor[] = [];

function supervisor(change: Partial<WorkerHostOptions> = {}): CameraSupervisor {
  const log = rememberingLog();
  const host = new NodeWorkerHost(workerHostOptions(dir, change), log);
  const created = new CameraSupervisor(host, systemTimers, log);
  supervisors.push(created);
  return created;
}

const behaving = (id: string, BEHAVIOUR: string) => workerSettings(id, { env: { BEHAVIOUR } });
const record = (id: string): string => path.join(dir, 'data/workers', `${id}.json`);
const tokenOf = (id: string): string => (JSON.parse(readFileSync(record(id), 'utf8')) as { token: string }).token;
const framesOf = (id: string): number =>
  (JSON.parse(readFileSync(path.join(dir, 'data/status', `${id}.json`), 'utf8')) as { frames: number }).frames;
const bytesOf = (folder: string): number =>
  readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

beforeEach(() => {
  dir = temporaryDirectory();
});
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((each) => each.close({ stopWorkers: true })));
  rmSync(dir, { recursive: true, force: true });
});

describe('a worker', () => {
  it('has its contract in its environment and nothing of this program', async () => {
    process.env.SECRET_OF_THE_BACKEND = 'x';
    const site = supervisor();
    const { log, cmd } = await site.start(
      workerSettings('cam1', { env: { BEHAVIOUR: 'environment', CAMERA_ID: 'other' } }),
    );
    const env = await eventually(
      async () => JSON.parse((await lastLines(log, 1))?.[0] ?? '') as Record<string, string>,
    );
    const inherited = ['PATH', 'HOME', 'TZ', 'LANG'].filter((name) => process.env[name] !== undefined);
    const contract = [
      'CAMERA_FPS',
      'CAMERA_ID',
      'CAMERA_SOURCE',
      'JOURNAL',
      'STATUS_FILE',
      'FRAME_FILE',
      'FRAMES_DIR',
      'LEASE_FILE',
      'WATCHGATE_WORKER',
    ];
    expect(Object.keys(env).sort()).toEqual([...inherited, ...contract, 'BEHAVIOUR'].sort());
    expect(env).toMatchObject({ CAMERA_ID: 'cam1', CAMERA_SOURCE: 'rtsp://127.0.0.1/1' });
    expect(cmd.slice(-2)).toEqual(['--camera', 'cam1']);
    delete process.env.SECRET_OF_THE_BACKEND;
  });

  it('that cannot be started is tried again, and says why', async () => {
    const view = await supervisor({ command: [path.join(dir, 'nothing')] }).start(workerSettings('cam1'));
    expect(view).toMatchObject({ running: false, pid: 0, state: 'backoff', reason: 'spawn_failed' });
    expect(existsSync(record('cam1'))).toBe(false);
  });

  it('that exits with 0 is restarted', async () => {
    const site = supervisor();
    await site.start(behaving('cam1', 'dies'));
    await eventually(() => expect(site.view('cam1')).toMatchObject({ restarts: 1, last_exit: { code: 0 } }));
  });

  it('takes what it started with it, deaf or not', async () => {
    const site = supervisor();
    await site.start(behaving('cam1', 'parent'));
    const token = tokenOf('cam1');
    await eventually(() => processesByToken().get(token)?.length === 2);
    await site.stop('cam1');
    expect(processesByToken().get(token)).toBeUndefined();
  });

  it('leaves nothing behind when it is killed by somebody else', async () => {
    const site = supervisor();
    const { pid } = await site.start(behaving('cam1', 'parent'));
    const token = tokenOf('cam1');
    await eventually(() => processesByToken().get(token)?.length === 2);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(processesByToken().get(token)).toBeUndefined());
  });

  it('that does not listen is killed after 5 s while this program goes on', async () => {
    const site = supervisor();
    const { pid } = await site.start(behaving('cam1', 'deaf'));
    await eventually(() => site.view('cam1').state === 'running');
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const before = Date.now();
    expect(await site.stop('cam1')).toMatchObject({
      running: false,
      state: 'stopped',
      last_exit: { signal: 'SIGKILL' },
    });
    delay.disable();
    expect(startOf(pid)).toBeUndefined();
    expect(Date.now() - before).toBeGreaterThan(4_900);
    inTime(Date.now() - before, 7_000);
    inTime(delay.max / 1e6, 500);
  });

  it('is one at most, whatever 100 callers want at once', async () => {
    const site = supervisor();
    const settings = workerSettings('cam1');
    let most = 0;
    const count = () => {
      most = Math.max(most, [...processesByToken().values()].filter((pids) => pids.some(isOurs)).length);
    };
    const sample = setInterval(count, 20);
    const isOurs = (pid: number) => readEnvironment(pid).includes(`JOURNAL=${dir}`);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        i % 3 === 0 ? site.start(settings) : i % 3 === 1 ? site.restart(settings) : site.stop('cam1'),
      ),
    );
    const { pid } = await site.start(settings);
    await eventually(() => site.view('cam1').state === 'running');
    clearInterval(sample);
    count();
    expect(most).toBe(1);
    expect(site.view('cam1').pid).toBe(pid);
    expect(answers.every((view) => view.running === view.pid > 0)).toBe(true);
  });
});

function readEnvironment(pid: number): string {
  return existsSync(`/proc/${pid}/environ`) ? readFileSync(`/proc/${pid}/environ`, 'latin1') : '';
}

describe('workers of a program that was killed', () => {
  const forked: ChildProcess[] = [];
  const workersOf = async (ids: readonly string[]): Promise<[ChildProcess, number[]]> => {
    const [child, pids] = await forkSupervisor(dir, ids);
    forked.push(child);
    return [child, pids];
  };
  afterEach(() => {
    for (const child of forked.splice(0)) child.kill('SIGKILL');
    // What was not taken over, because the test failed.
    for (const [, pids] of processesByToken())
      for (const pid of pids) if (readEnvironment(pid).includes(`JOURNAL=${dir}`)) send(pid, 'SIGKILL');
  });

  it('are taken over, all 20 of them, and count on', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `cam${i}`);
    const [child, pids] = await workersOf(ids);
    await eventually(() => ids.every((id) => framesOf(id) > 10), { within: 20_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const before = ids.map(framesOf);
    const site = supervisor();
    expect((await site.adopt(ids.map((id) => workerSettings(id)))).sort()).toEqual([...ids].sort());
    expect(ids.map((id) => site.view(id).pid)).toEqual(pids);
    await eventually(() => expect(ids.map((id) => site.view(id).state)).toEqual(ids.map(() => 'running')), {
      within: 20_000,
    });
    await eventually(() => ids.every((id, i) => framesOf(id) > before[i]!));
    await Promise.all(ids.map((id) => site.stop(id)));
    expect(pids.map((pid) => startOf(pid))).toEqual(pids.map(() => undefined));
  }, 180_000);

  it('are found by their token when it died before it knew the pid', async () => {
    const [child, [pid]] = await workersOf(['cam1']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const known = JSON.parse(readFileSync(record('cam1'), 'utf8')) as object;
    writeFileSync(record('cam1'), JSON.stringify({ ...known, pid: 0, startedAt: '' }));
    const site = supervisor();
    await site.adopt([workerSettings('cam1')]);
    expect(site.view('cam1').pid).toBe(pid);
  });

  it('are restarted when they die later', async () => {
    const [child, [pid]] = await workersOf(['cam1']);
    child.kill('SIGKILL');
    const site = supervisor();
    await site.adopt([workerSettings('cam1')]);
    process.kill(pid!, 'SIGKILL');
    await eventually(() => expect(site.view('cam1')).toMatchObject({ running: true, restarts: 1 }));
    expect(site.view('cam1').pid).not.toBe(pid);
  });
});

describe('a process that got the pid of a dead worker', () => {
  let alien: ChildProcess;
  beforeEach(() => {
    alien = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { detached: true, stdio: 'ignore' });
  });
  afterEach(() => void alien.kill('SIGKILL'));

  const forged = (startedAt: string) => {
    const identity = { id: 'cam1', pid: alien.pid!, startedAt, token: 'forged', cmd: [] };
    return { ...identity, fingerprint: fingerprint(workerSettings('cam1')) };
  };

  it.each([
    ['another start time', () => '1'],
    ['the same start time but no token', () => startOf(alien.pid!)!],
  ])('is neither taken over nor signalled: %s', async (_, startedAt) => {
    mkdirSync(path.dirname(record('cam1')), { recursive: true });
    writeFileSync(record('cam1'), JSON.stringify(forged(startedAt())));
    const site = supervisor();
    expect(await site.adopt([workerSettings('cam1')])).toEqual([]);
    expect(await site.stop('cam1')).toMatchObject({ running: false, pid: 0 });
    await site.start(workerSettings('cam1'));
    await site.stop('cam1');
    expect(send(alien.pid!, 0)).toBe(true);
    expect([alien.exitCode, alien.signalCode]).toEqual([null, null]);
    expect(existsSync(record('cam1'))).toBe(false);
  });

  it('is not signalled by a worker held to be alive', () => {
    new NodeWorkerHost(workerHostOptions(dir), rememberingLog()).signal(forged('1'), 'SIGKILL');
    expect(startOf(alien.pid!)).toBeDefined();
  });
});

describe('the log of a worker that writes 50 MB', () => {
  it('stays below its size, and what is kept has no gap', async () => {
    // Three quarters of it are for what comes between two checks, which a busy machine may delay.
    const cap = 24 << 20;
    const site = supervisor({ logBytes: cap });
    const { log } = await site.start(behaving('cam1', 'flood'));
    let most = 0;
    await eventually(
      async () => {
        most = Math.max(most, bytesOf(path.join(dir, 'logs')));
        expect((await lastLines(log, 1))?.[0]).toBe('flood over');
      },
      { within: 40_000, every: 10 },
    );
    expect(most).toBeLessThanOrEqual(cap);
    expect(most).toBeGreaterThan(cap / 4);
    const numbers = (await lastLines(log, 10_000))!
      .filter((line) => /^\d{9} x/.test(line))
      .map((line) => Number(line.slice(0, 9)));
    expect(numbers.length).toBeGreaterThan(9_000);
    expect(numbers.at(-1)).toBeGreaterThanOrEqual(499_999);
    const gaps = numbers.filter((n, i) => i > 0 && n !== numbers[i - 1]! + 1);
    expect(gaps).toEqual([]);
  }, 180_000);
});
