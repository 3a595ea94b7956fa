import { every } from '../../../src/infrastructure/environment/scheduler';
import { eventually } from '../../support/eventually';
import { rememberingLog } from '../../support/quiet-log';

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
});
