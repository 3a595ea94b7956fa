import { NO_PICTURE, stepPicture } from '../../../src/worker/picture-change';
import { noisy, picture } from './pictures';

function watch(frames: readonly (readonly [at: number, frame: Uint8Array])[], fps = 0): [number, string][] {
  let state = NO_PICTURE;
  return frames.flatMap(([at, frame]): [number, string][] => {
    const step = stepPicture(state, frame, at, fps);
    state = step.picture;
    return step.happened ? [[at, step.happened]] : [];
  });
}

const every = (seconds: number, n: number, frame: (i: number) => Uint8Array, from = 0) =>
  Array.from({ length: n }, (_, i) => [from + i * seconds, frame(i)] as const);

describe('a frozen picture', () => {
  it('is one that keeps coming for three seconds, until it changes', () => {
    const frames = [...every(0.5, 10, () => picture(60)), ...every(0.5, 4, () => picture(90), 5)];
    expect(watch(frames)).toEqual([
      [3, 'frozen'],
      [5, 'unfrozen'],
    ]);
  });

  it('may differ by what an encoder does to it', () => {
    expect(watch(every(0.5, 10, (i) => picture(60, 300, 60 + (i % 2) * 4)))).toEqual([[3, 'frozen']]);
  });

  it('is not a live picture of a still scene, for its noise', () => {
    expect(watch(every(0.1, 100, (i) => noisy(20, i)))).toEqual([]);
  });

  it('is not a still scene with a clock in the picture', () => {
    expect(watch(every(0.5, 20, (i) => picture(60, 5, i % 4 < 2 ? 0 : 255)))).toEqual([]);
  });

  it('is not a stream that paused and goes on where it was', () => {
    expect(
      watch([
        [0, picture(60)],
        [1, picture(60)],
        [9, picture(60)],
        [10, picture(60)],
      ]),
    ).toEqual([]);
  });

  it('takes three frames of a slow camera', () => {
    expect(
      watch(
        every(4, 5, () => picture(60)),
        0.25,
      ),
    ).toEqual([[12, 'frozen']]);
  });
});
