import { mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { LogFile, createLog } from '../../src/infrastructure/logging/logger';
import { eventually } from '../support/eventually';
import { temporaryDirectory } from '../support/temporary-directory';

describe('the log', () => {
  let dir: string;
  let shown: string[];
  let console: jest.SpyInstance;
  beforeEach(() => {
    dir = temporaryDirectory();
    shown = [];
    // Where the library writes to, in a test as in a service.
    const { _stdout: out } = globalThis.console as unknown as { _stdout: { write(text: string): boolean } };
    console = jest.spyOn(out, 'write').mockImplementation((text) => shown.push(text) > 0);
  });
  afterEach(() => {
    console.mockRestore();
    rmSync(dir, { recursive: true, force: true });
  });
  const file = () => path.join(dir, 'watchgate.log');
  const open = () => createLog({ level: 'info', json: true, dir, againAfterMs: 50 });

  it('goes on in the console while its file cannot be written, says so once, and writes again by itself', async () => {
    // As on a full disk, whatever user this runs as.
    mkdirSync(file());
    const log = open();
    for (let i = 0; i < 10; i++) log.info(`line ${i}`);
    await eventually(() => expect(shown.join('')).toContain('the log file cannot be written'));
    for (let i = 10; i < 20; i++) log.info(`line ${i}`);
    await eventually(() => expect(shown.join('')).toContain('line 19'));
    rmdirSync(file());
    await eventually(() => expect(shown.join('')).toContain('the log file can be written again'));
    log.info('afterwards');
    await eventually(() => expect(readFileSync(file(), 'utf8')).toContain('afterwards'));
    const written = readFileSync(file(), 'utf8');
    for (let i = 0; i < 20; i++) expect(written).toContain(`line ${i}"`);
    expect(shown.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    log.close();
  });

  it('keeps a bounded number of lines for a file that cannot be written, and says how many it gave up', async () => {
    mkdirSync(file());
    const log = open();
    log.info('first');
    await eventually(() => expect(shown.join('')).toContain('cannot be written'));
    for (let i = 0; i < 10_000; i++) log.info(`line ${i}`);
    await eventually(() => expect(shown.length).toBeGreaterThanOrEqual(10_000));
    rmdirSync(file());
    await eventually(() => shown.some((line) => line.includes('can be written again')));
    const [again] = shown.filter((line) => line.includes('can be written again'));
    expect((JSON.parse(again ?? '{}') as { lost_lines: number }).lost_lines).toBeGreaterThanOrEqual(7_900);
    log.close();
  });

  it('turns over by size and keeps so many files', async () => {
    const one = new LogFile(file(), {
      maxBytes: 10_000,
      maxFiles: 3,
      againAfterMs: 50,
      onTrouble: (error) => shown.push(String(error)),
      onRecovery: () => undefined,
    });
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 15; i++) one.write(`${round} ${'x'.repeat(1_000)}\n`);
      await eventually(() => expect(readFileSync(file(), 'utf8')).toContain(`${round} x`));
    }
    one.end();
    expect(shown).toEqual([]);
    expect(readdirSync(dir).sort()).toEqual(['watchgate.log', 'watchgate1.log', 'watchgate2.log']);
    for (const name of readdirSync(dir)) expect(statSync(path.join(dir, name)).size).toBeLessThan(40_000);
  });
});
