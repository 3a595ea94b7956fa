import { NO_MOTION, stepMotion } from '../../../src/worker/picture-change';
import { noisy, picture } from './pictures';

/** What happened when these pictures came at five per second, each with the time. */
function watch(pictures: readonly Uint8Array[], every = 0.2): [number, string][] {
  let motion = NO_MOTION;
  return pictures.flatMap((frame, i): [number, string][] => {
    const step = stepMotion(motion, frame, i * every);
    motion = step.motion;
    return step.happened ? [[Math.round(i * every * 10) / 10, step.happened]] : [];
  });
}

const calm = (n: number) => Array.from({ length: n }, () => picture(60));
const moving = (n: number) => Array.from({ length: n }, (_, i) => picture(60, 100 + i * 40));

describe('motion', () => {
  it('starts at the second change in a row and ends when it has been calm for a while', () => {
    expect(watch([...calm(5), ...moving(10), ...calm(15)])).toEqual([
      [1.2, 'motion_started'],
      [4.6, 'motion_ended'],
    ]);
  });

  it('is not one lamp that is switched on', () => {
    expect(watch([...calm(5), ...Array.from({ length: 20 }, () => picture(200))])).toEqual([]);
  });

  it('is not the noise of a sensor', () => {
    expect(watch(Array.from({ length: 50 }, (_, i) => noisy(20, i)))).toEqual([]);
  });

  it('is not a clock in the picture', () => {
    expect(watch(Array.from({ length: 50 }, (_, i) => picture(60, 10, (i % 2) * 255)))).toEqual([]);
  });

  it('goes on over a short pause', () => {
    const happened = watch([...calm(2), ...moving(5), ...calm(5), ...moving(5), ...calm(15)]);
    expect(happened.map(([, what]) => what)).toEqual(['motion_started', 'motion_ended']);
  });

  it('is found although successive frames of a fast camera hardly differ', () => {
    const slow = Array.from({ length: 50 }, (_, i) => picture(60, i * 5));
    expect(watch(slow, 0.04).map(([, what]) => what)).toEqual(['motion_started']);
  });
});
