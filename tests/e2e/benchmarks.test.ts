import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const MAIN = path.resolve(__dirname, '../../dist/bench/main.js');
const MINUTES = 60_000;
const NAMES = [
  'alerts',
  'cameras',
  'control',
  'detector',
  'http',
  'idle',
  'ingest',
  'live',
  'nodes',
  'records',
  'rollout',
  'start',
  'statistics',
  'web',
];

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [MAIN, ...args, '--no-results'], { timeout: 4 * MINUTES });

/** With BENCH=1, for they take minutes: that they work and print figures; what the figures are is no matter of a test. */
(process.env.BENCH === '1' ? describe : describe.skip)('benchmarks in their short form', () => {
  it.each(NAMES)(
    '%s prints its figures',
    async (name) => {
      const { stdout } = await bench(name, '--short');
      expect(stdout).toMatch(new RegExp(`^${name}: .*\\n`, 'm'));
      expect(stdout).toMatch(/^.*\s{2,}[\d,]*\d(\.\d+)?( x)?\s*/m);
      expect(stdout).toMatch(/^in \d+ s$/m);
      expect(stdout).not.toContain('NaN');
    },
    5 * MINUTES,
  );

  it('are all there, and say so to whoever asks for another', async () => {
    await expect(bench('speed')).rejects.toMatchObject({
      stderr: expect.stringMatching(`There is no speed[^]*NAME: ${NAMES.join(', ')};`) as unknown,
    });
  });
});
