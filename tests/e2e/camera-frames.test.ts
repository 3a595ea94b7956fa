import { CameraSite, isAlive } from '../support/camera-site';
import { eventually } from '../support/eventually';

describe('the frames of a camera at /metrics', () => {
  let site: CameraSite;
  beforeAll(async () => {
    site = await CameraSite.start(
      `cameras:\n  - {id: cam, name: cam, source: 'testsrc:size=320x180,rate=10', auto_start: true}\n`,
    );
  }, 180_000);
  afterAll(() => site.remove());

  const counted = async (): Promise<number> => {
    const page = await (await fetch(`${site.url}/metrics`)).text();
    return Number(/^watchgate_camera_frames_total\{camera="cam"\} (\d+)$/m.exec(page)?.[1]);
  };

  it('grow on when its process is restarted, and when it dies', async () => {
    await eventually(async () => (await counted()) >= 40, { within: 30_000 });
    let last = await counted();
    const pids: number[] = [];
    const grows = async (by: number) => {
      const goal = last + by;
      await eventually(
        async () => {
          const now = await counted();
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
          return now >= goal;
        },
        { within: 30_000, every: 100 },
      );
      pids.push((await site.status('cam')).pid);
    };
    await grows(1);
    await site.call('POST', '/cameras/cam/restart');
    await grows(10);
    process.kill(pids.at(-1) ?? 0, 'SIGKILL');
    await eventually(() => !isAlive(pids.at(-1) ?? 0));
    await grows(10);
    expect(new Set(pids).size).toBe(3);
    // The present process alone has seen fewer: the counter is of all three.
    expect(await site.frames('cam')).toBeLessThan(last);
  }, 180_000);
});
