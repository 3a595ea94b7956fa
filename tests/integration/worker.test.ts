import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { LeaseFile } from '../../src/infrastructure/system/lease-file';
import { eventually } from '../support/eventually';
import { temporaryDirectory } from '../support/temporary-directory';
import { WorkerRun, childrenOf } from '../support/worker-run';

const runs: WorkerRun[] = [];
const dir = temporaryDirectory();

function start(source: string, environment = {}): WorkerRun {
  const run = WorkerRun.start(source, environment);
  runs.push(run);
  return run;
}

afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.remove()));
});

afterAll(() => rmSync(dir, { recursive: true }));

const isJpeg = (bytes: Buffer): boolean =>
  bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;

const ffmpegOf = (run: WorkerRun): Promise<number> =>
  eventually(() => (childrenOf(run.pid).length === 1 ? childrenOf(run.pid)[0]! : 0), { what: 'one ffmpeg' });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the worker on a test source', () => {
  it('counts frames, measures their rate, sees motion and keeps the newest picture', async () => {
    const run = start('testsrc:size=320x180,rate=10');
    await run.seeing(25);
    const status = run.status();
    expect(status).toMatchObject({ state: 'running', motion: true, error: null });
    expect(status.detections).toEqual({ persons: 0, hairnets: 0, handwash: 0 });
    expect(status.fps).toBeGreaterThan(7);
    expect(status.fps).toBeLessThan(13);
    expect(Date.now() / 1_000 - (status.last_frame_at ?? 0)).toBeLessThan(3);
    const before = run.frame();
    expect(isJpeg(before)).toBe(true);
    await eventually(() => !run.frame().equals(before), { what: 'another picture' });
    expect(isJpeg(run.frame())).toBe(true);
    const [event] = run.events();
    expect(event).toMatchObject({ type: 'motion_started', camera_id: 'cam1', track_id: 0 });
    expect(event?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(Date.now() / 1_000 - (event?.ts ?? 0))).toBeLessThan(15);
  });

  it('ends by itself when the lease of its node is over, though its service does not', async () => {
    const lease = path.join(dir, 'lease');
    const file = new LeaseFile(lease);
    file.renew(60_000);
    const run = start('testsrc:rate=5', { LEASE_FILE: lease });
    await run.seeing(3);
    file.renew(300);
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(run.output).toContain('the lease of this node is over');
    file.renew(undefined);
  });

  it('runs on without a lease', async () => {
    const run = start('testsrc:rate=5', { LEASE_FILE: path.join(dir, 'no-lease') });
    await run.seeing(8);
  });

  it('goes on when it cannot write, and says so', async () => {
    const run = start('testsrc:rate=5', { JOURNAL: '/nowhere/journal' });
    await run.seeing(8);
    expect(run.status().error).toMatch(/^JOURNAL: ENOENT/);
    expect(run.output.match(/JOURNAL: ENOENT/g)).toHaveLength(1);
  });

  it('ends with its ffmpeg at SIGTERM', async () => {
    const run = start('testsrc:rate=5');
    await run.seeing();
    const ffmpeg = await ffmpegOf(run);
    expect(await run.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await eventually(() => !isRunning(ffmpeg), { what: 'ffmpeg has ended' });
  });

  it.each([
    ['the kernel sees to it', {}],
    ['nobody reads its frames any more', { PATH: '/nowhere' }],
  ])('takes its ffmpeg along when it is killed: %s', async (_, environment) => {
    const run = start('testsrc:rate=5', environment);
    await run.seeing();
    const ffmpeg = await ffmpegOf(run);
    await run.end('SIGKILL');
    await eventually(() => !isRunning(ffmpeg), { what: 'ffmpeg has ended' });
  });
});

describe('the worker on a file', () => {
  it('plays it at its own pace, again and again', async () => {
    const video = path.join(dir, 'a video: 1,2.mp4');
    const making = '-loglevel error -f lavfi -i testsrc2=size=320x180:rate=10:duration=1 -pix_fmt yuv420p';
    execFileSync(locateFfmpeg(process.env), [...making.split(' '), video]);
    const { fps } = await start(video).seeing(25);
    expect(fps).toBeLessThan(16);
  });
});

describe('the worker ends with a code of its own and one line, for', () => {
  it.each([
    ['a folder', '.', 24, /is no file/],
    ['a missing file', 'gone.mp4', 24, /ENOENT/],
    ['a missing camera', '997', 24, /ENOENT/],
    ['an option', '-f', 24, /ENOENT/],
    ['a file as an address', 'file:///etc/passwd', 24, /unknown kind/],
    ['a list of files', 'concat:/etc/passwd|/etc/hosts', 24, /unknown kind/],
    ['an address without end', `rtsp://u:geheim@127.0.0.1/${'a'.repeat(4_096)}`, 24, /2000 characters/],
    ['a broken address', 'rtsp://u:geheim@[::1/live', 24, /no valid/],
    ['an unknown host', 'rtsp://u:geheim@camera.invalid/live', 23, /camera\.invalid is unknown/],
    ['a closed port', 'rtsp://u:geheim@127.0.0.1:9/live', 22, /no connection/],
    ['a closed port of a web camera', 'http://u:geheim@localhost:9/live', 22, /no connection/],
  ])('%s', async (_, source, code, said) => {
    const run = start(source);
    expect(await run.ended).toEqual({ code, signal: null });
    await eventually(() => expect(run.output).toMatch(said));
    expect(run.output.trim().split('\n')).toHaveLength(1);
    expect(run.output).not.toContain('geheim');
  });

  it.each([
    ['text that ffmpeg could show as a picture', 'secret.txt', 'root:x:0:0\n'.repeat(50)],
    ['a list that names another file', 'list.mp4', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a playlist that names another file', 'list.m3u8', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'],
  ])('%s', async (_, name, content) => {
    writeFileSync(path.join(dir, name), content);
    expect(await start(path.join(dir, name)).ended).toEqual({ code: 24, signal: null });
  });

  it('an environment that lacks something', async () => {
    const run = start('testsrc:', { JOURNAL: '', CAMERA_ID: '' });
    expect(await run.ended).toEqual({ code: 1, signal: null });
    await eventually(() => expect(run.output).toMatch(/^\S+Z not set: CAMERA_ID, JOURNAL\n$/));
  });

  it('an ffmpeg that is none', async () => {
    const run = start('testsrc:', { FFMPEG_PATH: '/nowhere/ffmpeg' });
    expect(await run.ended).toEqual({ code: 1, signal: null });
    await eventually(() => expect(run.output).toMatch(/ffmpeg does not run/));
  });
});
