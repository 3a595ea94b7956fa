import { Camera } from '../../../src/domain/cameras/camera';
import { canonical, checkCamera } from '../../../src/domain/cameras/camera-rules';
import { closest } from '../../../src/domain/shared/closest';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-02T00:00:00Z');
const minimal = { id: 'c', name: 'C', source: '0' };
const faultsOf = (fields: object) => checkCamera({ ...minimal, ...fields }).map((f) => `${f.path.join('.')} ${f.type}`);

describe('a camera', () => {
  it('is active unless it says otherwise', () => {
    expect(Camera.register(minimal, now)).toMatchObject({ active: true, status: 'active' });
    expect(Camera.register({ ...minimal, active: false }, now)).toMatchObject({ active: false, status: 'inactive' });
  });

  it('becomes younger only by a change', () => {
    const camera = Camera.register({ ...minimal, fps: 5 }, now);
    expect(camera.change({ fps: 5 }, later)).toBe(camera);
    expect(camera.change({ fps: 6 }, later)).toMatchObject({ createdAt: now, updatedAt: later });
  });

  it('does not write a default that was in force anyway', () => {
    const camera = Camera.register(minimal, now).change(
      { fps: 25, location: 'unknown', active: true, status: 'active' },
      later,
    );
    expect(camera.fields).toEqual(minimal);
  });

  it('refuses a mask where it has no secret to put back', () => {
    const camera = Camera.register(minimal, now);
    expect(() => camera.change({ env: { TOKEN: '***' } }, later)).toThrow(/env/);
    expect(() => Camera.register({ ...minimal, source: 'rtsp://u:***@h/x' }, now)).toThrow(/source/);
  });
});

describe('the settings of a camera', () => {
  it('are the defaults where nothing was written', () => {
    expect(Camera.register(minimal, now).settings).toEqual({
      name: 'C',
      source: '0',
      active: true,
      status: 'active',
      autoStart: false,
      expectedFps: 0,
      regionId: null,
      regionsFile: 'config/regions.json',
      profile: 'accurate',
      device: 'auto',
      imageSize: 'auto',
      resolution: '1920x1080',
      env: {},
    });
  });

  it('are what was written, in the form in which they are used', () => {
    const written = { active: false, status: 'error', auto_start: true, fps: 5, region_id: 'r', imgsz: 640 };
    const camera = Camera.register({ ...minimal, ...written, env: { A: 1 }, device: 'cpu' }, now);
    expect(camera.settings).toMatchObject({
      active: false,
      status: 'error',
      autoStart: true,
      expectedFps: 5,
      regionId: 'r',
      imageSize: '640',
      device: 'cpu',
      env: { A: '1' },
    });
  });

  it('follow a change, and stay when only the times are others', () => {
    const camera = Camera.register({ ...minimal, fps: 5 }, now).change({ fps: null, source: '1' }, later);
    expect(camera.settings).toMatchObject({ expectedFps: 0, source: '1' });
    const moved = camera.at({ createdAt: later, updatedAt: later });
    expect(moved).toMatchObject({ createdAt: later, updatedAt: later, fields: camera.fields });
    expect(moved.settings).toBe(camera.settings);
  });

  it('can be read of an entry that breaks every rule', () => {
    const odd = { toString: 1, valueOf: 1 };
    const written = {
      id: 5,
      name: odd,
      source: [odd],
      active: 'yes',
      fps: odd,
      env: { A: odd },
      region_id: 7,
      imgsz: odd,
    };
    const camera = Camera.restore(written, now, now);
    expect(camera).toMatchObject({ id: '5', active: false, status: 'inactive' });
    expect(camera.settings).toMatchObject({ name: '', source: '', expectedFps: 0, env: { A: '' }, regionId: null });
  });
});

describe('the rules of a camera', () => {
  it.each([
    ['id', ''],
    ['id', 'a/b'],
    ['id', '../x'],
    ['id', '-x'],
    ['id', 'x'.repeat(51)],
    ['id', 5],
    ['name', ''],
    ['name', 'x'.repeat(101)],
    ['name', null],
    ['source', ' '],
    ['source', '-f'],
    ['source', 'file:///etc/passwd'],
    ['source', 'concat:a|b'],
    ['source', `rtsp://${'x'.repeat(2048)}`],
    ['source', 'rtsp://h/\n'],
    ['active', 'yes'],
    ['active', 1],
    ['fps', 0],
    ['fps', 241],
    ['fps', 1.5],
    ['fps', '25'],
    ['fps', null],
    ['resolution', '1280'],
    ['resolution', '0x720'],
    ['resolution', '99999x1'],
    ['resolution', 1280],
    ['status', 'on'],
    ['camera_type', 'dome'],
    ['imgsz', 31],
    ['imgsz', 'big'],
    ['auto_tune', 'no'],
    ['env', []],
    ['env', { 'A B': 'x' }],
    ['env', { PATH: 'x' }],
    ['env', { A: {} }],
    ['metadata', 'x'],
    ['region_id', 5],
    ['regions_file', '-x'],
    ['profile', 'a b'],
    ['device', '--gpu'],
  ])('refuse %s = %j', (field, value) => {
    expect(faultsOf({ [field]: value })).toHaveLength(1);
  });

  it.each([
    ['id', 'A_b-9'],
    ['name', '相机 1'],
    ['source', '0'],
    ['source', '/dev/video0'],
    ['source', 'videos/a b.mp4'],
    ['source', 'rtsp://u:p@h:554/x?y=1'],
    ['source', 'https://h/x.m3u8'],
    ['source', 'testsrc:size=640x360'],
    ['fps', 1],
    ['fps', 240],
    ['resolution', '1920x1080'],
    ['imgsz', 'auto'],
    ['imgsz', 640],
    ['env', { A: 'x', B_1: '5' }],
    ['metadata', { a: [1] }],
    ['device', 'cuda:0'],
    ['status', 'maintenance'],
    ['camera_type', 'ptz'],
    ['anything_else', [1, 2]],
  ])('accept %s = %j', (field, value) => {
    expect(faultsOf({ [field]: value })).toEqual([]);
  });

  it('refuse values that are too deep or too many to be walked', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 21; i++) deep = { deep };
    expect(faultsOf({ metadata: deep })).toEqual(['metadata too_large']);
    expect(faultsOf({ other: Array.from({ length: 10_001 }, () => 1) })).toEqual(['other too_large']);
  });

  it('read the old forms of a setting', () => {
    expect(canonical({ enabled: false, resolution: [640, 480], env: { A: 1, B: true } })).toEqual({
      active: false,
      resolution: '640x480',
      env: { A: '1', B: 'true' },
    });
    expect(canonical({ active: null, enabled: true })).toEqual({ active: false });
  });
});

describe('a misspelt name', () => {
  it.each([
    ['fsp', 'fps'],
    ['resolutoin', 'resolution'],
    ['Active', 'active'],
    ['sorce', 'source'],
    ['autostart', 'auto_start'],
  ])('%s is taken for %s', (wrong, right) => {
    expect(closest(wrong, ['fps', 'resolution', 'active', 'source', 'auto_start'])).toBe(right);
  });
  it('is not taken for something far away', () => {
    expect(closest('temperature', ['fps', 'resolution'])).toBeUndefined();
  });
});
