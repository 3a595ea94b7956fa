import fc from 'fast-check';
import { CameraSupervisor } from '../../../src/application/camera-control/camera-supervisor';
import { FrameCounts } from '../../../src/application/camera-control/frame-counts';
import { FakeTimers } from '../../support/fake-timers';
import { FakeWorkerHost } from '../../support/fake-worker-host';
import { rememberingLog } from '../../support/quiet-log';
import { workerSettings } from '../../support/worker-settings';

const worker = (token: string, id = 'cam') => ({ id, token, pid: 1, startedAt: '1', fingerprint: '', cmd: [] });

describe('the frames of a camera', () => {
  it('are those of all its workers, each for itself', () => {
    const counts = new FrameCounts();
    expect(counts.of('cam')).toBe(0);
    for (const frames of [10, 25, 25]) counts.hear(worker('a'), frames);
    counts.hear(worker('x', 'other'), 7);
    for (const frames of [3, 40]) counts.hear(worker('b'), frames);
    expect([counts.of('cam'), counts.of('other')]).toEqual([65, 7]);
  });

  it('are counted from the moment a worker of an earlier service is taken over', () => {
    const counts = new FrameCounts();
    counts.adopt(worker('a'));
    for (const frames of [1_000, 1_010]) counts.hear(worker('a'), frames);
    expect(counts.of('cam')).toBe(10);
  });

  it('never become fewer, whatever workers say', () => {
    const heard = fc.record({ token: fc.constantFrom('a', 'b', 'c'), frames: fc.nat(), adopted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(heard), (all) => {
        const counts = new FrameCounts();
        let before = 0;
        for (const { token, frames, adopted } of all) {
          if (adopted) counts.adopt(worker(token));
          counts.hear(worker(token), frames);
          expect(counts.of('cam')).toBeGreaterThanOrEqual(before);
          before = counts.of('cam');
        }
      }),
    );
  });

  it('grow on over a crash, a restart and another supervision', async () => {
    const [timers, counts] = [new FakeTimers(), new FrameCounts()];
    const host = new FakeWorkerHost(timers);
    const supervise = () => new CameraSupervisor(host, timers, rememberingLog(), { jitter: (ms) => ms }, counts);
    const grown = async (from: number) => {
      await timers.pass(5_000);
      expect(counts.of('cam')).toBeGreaterThan(from);
      return counts.of('cam');
    };
    let supervisor = supervise();
    void supervisor.start(workerSettings('cam'));
    let frames = await grown(0);
    host.die('cam');
    frames = await grown(frames);
    void supervisor.restart(workerSettings('cam'));
    frames = await grown(frames);
    void supervisor.close({ stopWorkers: true });
    await timers.pass(5_000);
    expect(counts.of('cam')).toBeGreaterThanOrEqual(frames);
    supervisor = supervise();
    void supervisor.start(workerSettings('cam'));
    await grown(frames);
  });
});
