import { REST, every } from '../../../src/infrastructure/environment/scheduler';
import { eventually } from '../../support/eventually';
import { rememberingLog } from '../../support/quiet-log';

const FAR_MS = 1e9;

describe('a task that is repeated', () => {
  it('goes on after a failure, and tells the first of them and the end of them', async () => {
    const log = rememberingLog();
    let runs = 0;
    const task = async () => {
      runs += 1;
      if (runs <= 3) throw new Error(`failure ${runs}`);
    };
    const repeated = every(5, 'the test', task, log);
    await eventually(() => runs > 5);
    await repeated.stop();
    expect(log.lines).toEqual([
      expect.stringMatching(/^warn the test failed and is tried again[^]*failure 1/),
      expect.stringMatching(/^info the test works again/),
    ]);
  });

  it('never runs twice at once, and has ended when it is stopped', async () => {
    let [now, most] = [0, 0];
    const task = async () => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 20));
      now -= 1;
    };
    const repeated = every(1, 'the test', task, rememberingLog());
    await eventually(() => now === 1);
    await repeated.stop();
    expect([now, most]).toEqual([0, 1]);
  });

  it('runs when it is woken, and once more when it is woken during a run', async () => {
    let [runs, end] = [0, () => undefined as void];
    const task = () => {
      runs += 1;
      return new Promise<void>((done) => (end = done));
    };
    const repeated = every(FAR_MS, 'the test', task, rememberingLog());
    repeated.wake();
    expect(runs).toBe(1);
    repeated.wake();
    repeated.wake();
    expect(runs).toBe(1);
    end();
    await eventually(() => runs === 2);
    end();
    await repeated.stop();
    repeated.wake();
    expect(runs).toBe(2);
  });

  it('makes one run of many wakes', async () => {
    let runs = 0;
    const repeated = every(FAR_MS, 'the test', async () => (runs += 1), rememberingLog(), { apartMs: 50 });
    for (let i = 0; i < 20; i++) {
      repeated.wake();
      await new Promise(setImmediate);
    }
    await eventually(() => runs === 2);
    await repeated.stop();
  });

  it('is tried again soon after a failure, however seldom it is repeated', async () => {
    let runs = 0;
    const task = async () => {
      runs += 1;
      if (runs === 1) throw new Error('failure');
    };
    const repeated = every(FAR_MS, 'the test', task, rememberingLog());
    repeated.wake();
    await eventually(() => runs === 2);
    await repeated.stop();
  });

  it('rests after it found nothing to do, and is woken nevertheless', async () => {
    let runs = 0;
    const task = async () => {
      runs += 1;
      return REST;
    };
    const repeated = every(5, 'the test', task, rememberingLog(), { restMs: FAR_MS });
    await eventually(() => runs === 1);
    await new Promise((done) => setTimeout(done, 50));
    expect(runs).toBe(1);
    repeated.wake();
    expect(runs).toBe(2);
    await repeated.stop();
  });
});
