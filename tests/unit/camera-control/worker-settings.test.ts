import { isWanted, settingsOf } from '../../../src/application/camera-control/camera-controller';
import { fingerprint } from '../../../src/application/camera-control/worker-host';
import { Camera } from '../../../src/domain/cameras/camera';

const NOW = new Date('2026-01-01T00:00:00Z');
const camera = (fields: object = {}) => Camera.register({ id: 'c', name: 'C', source: 'a.mp4', ...fields }, NOW);

describe('what a worker is given', () => {
  it('is the settings in force, and the frame rate only where somebody wrote one', () => {
    const defaults = {
      regions_file: 'config/regions.json',
      profile: 'accurate',
      device: 'auto',
      imgsz: 'auto',
      resolution: '1920x1080',
    };
    expect(settingsOf(camera())).toEqual({ id: 'c', source: 'a.mp4', expectedFps: 0, env: {}, options: defaults });
    const written = camera({ fps: 25, env: { B: 'x', A: 1 }, imgsz: 640, device: 'cpu' });
    expect(settingsOf(written)).toMatchObject({
      expectedFps: 25,
      env: { A: '1', B: 'x' },
      options: { ...defaults, imgsz: '640', device: 'cpu' },
    });
  });

  it('does not change with what it is not given', () => {
    const before = fingerprint(settingsOf(camera()));
    const same = camera().change({ name: 'D', location: 'l', auto_start: true, device: 'auto' }, NOW);
    expect(fingerprint(settingsOf(same))).toBe(before);
    expect(fingerprint(settingsOf(camera({ profile: 'fast' })))).not.toBe(before);
  });
});

describe('whether a worker should run', () => {
  it.each([
    [{ auto_start: true }, undefined, true],
    [{}, undefined, false],
    [{ auto_start: true }, 'stopped', false],
    [{}, 'running', true],
    [{ active: false, auto_start: true }, 'running', false],
  ] as const)('%j, when last was asked for %s: %s', (fields, desired, wanted) => {
    expect(isWanted(camera(fields), desired)).toBe(wanted);
  });
});
