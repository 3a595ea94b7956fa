import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CameraLog } from '../../src/application/camera-control/camera-control-port';
import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { PERF, inTime } from '../support/in-time';

const DETECTOR_COMMAND = JSON.stringify([process.execPath, resolve('dist/tests/support/fake-detector.js')]);
const WRITES_MB = 200;
const CAP = 20_000_000;
const CAMERAS = `cameras:\n  - {id: loud, name: n, source: '0', env: {BEHAVIOUR: flood, DETECTOR_FLOOD_MB: ${WRITES_MB}}}\n`;

describe(`a log to which ${WRITES_MB} MB are written`, () => {
  let site: CameraSite;

  beforeAll(async () => {
    site = await CameraSite.start(CAMERAS, { DETECTOR_COMMAND });
  }, 180_000);
  afterAll(() => site.remove());

  const onDisk = () => {
    const dir = join(site.folder.dir, 'logs');
    const logs = readdirSync(dir).filter((name) => name.startsWith('detect_loud'));
    return logs.reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  };
  const lastLines = async () => {
    const from = performance.now();
    const { lines } = (await site.call('GET', '/cameras/loud/logs?lines=500')).body as CameraLog;
    return { lines, took: performance.now() - from };
  };

  it('stays below its cap, and its last 500 lines come without a gap, however it is rotated meanwhile', async () => {
    await site.call('POST', '/cameras/loud/start');
    let most = 0;
    const gaps: number[] = [];
    await eventually(
      async () => {
        most = Math.max(most, onDisk());
        const { lines } = await lastLines();
        const numbers = lines.filter((line) => /^\d{9} x/.test(line)).map((line) => Number(line.slice(0, 9)));
        gaps.push(...numbers.filter((n, i) => i > 0 && n !== (numbers[i - 1] ?? 0) + 1));
        expect(lines.at(-1)).toBe('flood over');
      },
      { within: 60_000, every: 50 },
    );
    expect(gaps).toEqual([]);
    // Beside a load that takes the cores, the writer may be ahead of who rotates, but never by much of what it wrote.
    expect(most).toBeLessThanOrEqual(PERF ? CAP : 3 * CAP);
    expect(most).toBeGreaterThan(CAP / 4);
  }, 180_000);

  it('shows its last 500 lines within 50 ms', async () => {
    const took = [await lastLines(), await lastLines(), await lastLines()].map((read) => read.took);
    inTime(Math.min(...took), 50);
    expect(statSync(join(site.folder.dir, 'logs/detect_loud.log.1')).size).toBeGreaterThan(1_000_000);
  });
});
