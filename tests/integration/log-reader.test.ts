import { appendFileSync, closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { lastLines, logPage, rotateLog, rotatedLog } from '../../src/infrastructure/process/worker-log';
import type { LogQuery } from '../../src/application/camera-control/camera-control-port';
import { inTime } from '../support/in-time';
import { temporaryDirectory } from '../support/temporary-directory';

let dir: string;
let log: string;
beforeEach(() => {
  dir = temporaryDirectory();
  log = path.join(dir, 'detect_cam1.log');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const numbered = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

describe('the last lines of a log', () => {
  it.each<[string, string, number, string[]]>([
    ['all when there are fewer', 'a\nb\n', 5, ['a', 'b']],
    ['the last ones', 'a\nb\nc\n', 2, ['b', 'c']],
    ['one that is not finished', 'a\nb', 1, ['b']],
    ['blank ones too', 'a\n\n\n', 2, ['', '']],
    ['none of an empty log', '', 3, []],
    ['without carriage returns', 'a\r\nb\r\n', 2, ['a', 'b']],
    ['at least one', 'a\nb\n', -3, ['b']],
    [
      'without passwords',
      'Cannot open rtsp://me:p@ss/w:rd@10.0.0.1/live\n',
      1,
      ['Cannot open rtsp://me:***@10.0.0.1/live'],
    ],
  ])('are %s', async (_, text, n, expected) => {
    writeFileSync(log, text);
    expect(await lastLines(log, n)).toEqual(expected);
  });

  it('are not there without a log', async () => {
    expect(await lastLines(log, 3)).toBeUndefined();
  });

  it('are 10,000 at most', async () => {
    writeFileSync(log, `${numbered(1, 12_000).join('\n')}\n`);
    expect(await lastLines(log, 99_999)).toEqual(numbered(2_001, 12_000));
  });

  it('may hold bytes that are no text, and letters that lie across two reads', async () => {
    writeFileSync(log, Buffer.concat([Buffer.from('摄'.repeat(30_000)), Buffer.from([10, 0xff, 0xfe, 10])]));
    const [first, second] = (await lastLines(log, 2)) ?? [];
    expect(first).toMatch(/^摄{4096}…$/);
    expect(second).toBe('\uFFFD\uFFFD');
  });

  it('go on before a rotation, also in the middle of a line', async () => {
    writeFileSync(log, `${numbered(1, 100).join('\n')}\ntor`);
    expect(await rotateLog(log, 400)).toBe(true);
    appendFileSync(log, `n\n${numbered(101, 103).join('\n')}\n`);
    expect(await lastLines(log, 6)).toEqual(['99', '100', 'torn', '101', '102', '103']);
  });

  it('are found fast in 100 MB', async () => {
    const block = `${'x'.repeat(99)}\n`.repeat(10_000);
    const fd = openSync(log, 'w');
    for (let i = 0; i < 100; i++) writeSync(fd, block);
    writeSync(fd, `${numbered(1, 500).join('\n')}\n`);
    closeSync(fd);
    const before = performance.now();
    const lines = await lastLines(log, 500);
    const took = performance.now() - before;
    expect(lines).toEqual(numbered(1, 500));
    inTime(took, 50);
  });
});

describe('a rotation', () => {
  it('does nothing to a small log, nor to none', async () => {
    expect(await rotateLog(log, 400)).toBe(false);
    writeFileSync(log, 'a\n');
    expect(await rotateLog(log, 400)).toBe(false);
    expect(await lastLines(rotatedLog(log), 1)).toBeUndefined();
  });

  it('keeps the newest quarter of the cap of a log that outgrew it', async () => {
    writeFileSync(log, `${numbered(1_000, 1_999).join('\n')}\n`);
    await rotateLog(log, 400);
    expect(await lastLines(log, 10_000)).toEqual(numbered(1_980, 1_999));
  });

  it('leaves no line out while somebody goes on writing', async () => {
    const fd = openSync(log, 'a');
    let line = 0;
    const write = () => writeSync(fd, `${line++}\n`);
    for (let i = 0; i < 5_000; i++) write();
    const timer = setInterval(write, 0);
    for (let i = 0; i < 5; i++) await rotateLog(log, 1_000);
    clearInterval(timer);
    closeSync(fd);
    const lines = (await lastLines(log, 40)) ?? [];
    expect(lines).toEqual(numbered(line - lines.length, line - 1));
  });
});

describe('a page of a log', () => {
  const write = (...lines: string[]) => appendFileSync(log, lines.map((line) => `${line}\n`).join(''));
  const page = async (query: Partial<LogQuery>) => (await logPage(log, { lines: 3, ...query }))!;
  const UNKNOWN = { kind: 'not-found', code: 'camera.log_cursor_unknown' };

  it('leads to earlier lines, and to what came since', async () => {
    write(...numbered(1, 10));
    const last = await page({});
    expect(last.lines).toEqual(['8', '9', '10']);
    const earlier = await page({ before: last.before! });
    expect(earlier.lines).toEqual(['5', '6', '7']);
    expect((await page({ before: earlier.before! })).lines).toEqual(['2', '3', '4']);
    expect((await page({ after: earlier.after! })).lines).toEqual(['8', '9', '10']);
    expect(await page({ after: last.after! })).toEqual({ lines: [], before: null, after: last.after });
    write(...numbered(11, 15));
    const next = await page({ after: last.after! });
    expect(next.lines).toEqual(['11', '12', '13']);
    expect((await page({ after: next.after! })).lines).toEqual(['14', '15']);
    expect((await page({ after: earlier.after!, before: next.before! })).lines).toEqual(['8', '9', '10']);
  });

  it('goes on over a rotation, and says when its line is gone', async () => {
    write(...numbered(1, 200));
    const { after } = await page({});
    const { before: early } = await page({ before: (await page({ lines: 195 })).before! });
    await rotateLog(log, 400);
    write('201', '202');
    expect((await page({ after: after! })).lines).toEqual(['201', '202']);
    await expect(page({ after: early! })).rejects.toMatchObject(UNKNOWN);
    await expect(page({ before: 'x' })).rejects.toMatchObject(UNKNOWN);
  });

  it('finds the place again among lines that are the same, and far from the end', async () => {
    write('a', 'same', 'b', 'same', 'c', 'same');
    const middle = await page({ before: (await page({ lines: 2 })).before!, lines: 1 });
    expect((await page({ after: middle.after!, lines: 9 })).lines).toEqual(['c', 'same']);
    write(...numbered(1, 5_000));
    expect((await page({ after: middle.after!, lines: 3 })).lines).toEqual(['c', 'same', '1']);
  });

  it('shows a line that was not finished again as a whole', async () => {
    write('one');
    appendFileSync(log, 'tw');
    const { lines, after } = await page({});
    expect(lines).toEqual(['one', 'tw']);
    write('o', 'three');
    expect((await page({ after: after! })).lines).toEqual(['two', 'three']);
  });

  it('has only lines with a text, on every page', async () => {
    write('Error 1', 'fine', 'error 2', 'fine', 'ERROR 3', 'error 4');
    const last = await page({ contains: 'error', lines: 2 });
    expect(last.lines).toEqual(['ERROR 3', 'error 4']);
    const earlier = await page({ contains: 'error', lines: 2, before: last.before! });
    expect(earlier.lines).toEqual(['Error 1', 'error 2']);
    expect((await page({ contains: 'error', lines: 1, after: earlier.after! })).lines).toEqual(['ERROR 3']);
    expect(await page({ contains: 'nothing' })).toEqual({ lines: [], before: null, after: null });
  });

  it('tells nobody whether a guess of a secret is right', async () => {
    write('opens rtsp://me:geheim@h/x');
    expect((await page({ contains: 'geh' })).lines).toEqual([]);
    expect((await page({ contains: 'me:***@' })).lines).toEqual(['opens rtsp://me:***@h/x']);
  });

  it('is not there without a log', async () => {
    expect(await logPage(log, { lines: 1 })).toBeUndefined();
  });
});
