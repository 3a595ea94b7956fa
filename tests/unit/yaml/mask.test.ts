import fc from 'fast-check';
import { parse } from 'yaml';
import { YamlCamerasFormat } from '../../../src/infrastructure/yaml/yaml-cameras-format';
import { runs } from '../../support/long-runs';
import { yamlFiles } from './yaml-files';

const format = new YamlCamerasFormat();

/** Every secret contains "S3CR". */
const SECRETS = `# old address: rtsp://admin:S3CR"a b@10.0.0.1/x
# password: S3CR
# env:
#   FOO: S3CR
x-defaults: &d   # token = S3CR
  api_key: &key S3CR
  source: "rtsp://u:S3CR@#:/p'@h/x"
  plain: &p S3CR
  many: &many {A: S3CR, B: [S3CR, 5]}
cameras:
  - <<: *d
    id: front
    name: 'ffmpeg -i rtsp://u:S3CR@h/1'
    source: rtsp://user:S3CR/:#x@10.0.0.1/s?token=S3CR
    env:
      # rtsp://u:S3CR@h
      FOO: "S3CR: #"
      BAR: S3CR
      NUM: 5
      N: !!str S3CR
      NONE:
      TEXT: | # http://u:S3CR@h
        S3CR
         S3CR

      FOLD: >+
        S3CR

    password: *p
    metadata: {list: ["http://u:S3CR@h/a,b", {secret: {deep: [S3CR]}}], 'auth': 'S3CR'}
  - id: back
    name: Back
    source: >-
      http://user:S3CR@h/
    env: *many
    "pass\\u0077ord": S3CR
    token: [S3CR, {x: S3CR}]
    nested: {rtsp://u:S3CR@h/: 1}
# end http://u:S3CR@h
`;

it('hides every secret, in comments too, and leaves a text that still parses', () => {
  const masked = format.mask(SECRETS);
  expect(masked).not.toContain('S3CR');
  const root: unknown = parse(masked, { merge: true });
  expect(root).toMatchObject({
    cameras: [
      {
        id: 'front',
        name: 'ffmpeg -i rtsp://u:***@h/1',
        source: 'rtsp://user:***@10.0.0.1/s?token=***',
        env: { FOO: '***', BAR: '***', NUM: '***', N: '***', NONE: null, TEXT: '***', FOLD: '***' },
        password: '***',
        metadata: { list: ['http://u:***@h/a,b', { secret: { deep: ['***'] } }], auth: '***' },
      },
      { id: 'back', source: 'http://user:***@h/', env: { A: '***', B: ['***', '***'] }, token: ['***', { x: '***' }] },
    ],
  });
});

it('leaves every byte that is no secret as it is', () => {
  const text = '\uFEFF# 注释 http://host/x\r\ncameras:\r\n  - {id: a, name: "A" , source: rtsp://u:p@h/x} # c\r\n';
  expect(format.mask(text)).toBe(text.replace('u:p@', 'u:***@'));
  expect(format.mask('cameras: []')).toBe('cameras: []');
});

it.each(['\n', '\r\n', '\r'])(
  'hides secrets line by line where the text does not parse (line break %j)',
  (lineBreak) => {
    const broken = `${SECRETS.replace('  plain: &p S3CR\n  many: &many {A: S3CR, B: [S3CR, 5]}\n', '')}\n  - [`;
    const text = broken.replaceAll('\n', lineBreak);
    const masked = format.mask(text);
    expect(format.read(text).faults[0]).toHaveProperty('type', 'syntax');
    expect(masked.replace('"pass\\u0077ord": S3CR', '')).not.toContain('S3CR');
    expect(masked).toContain(`    name: 'ffmpeg -i rtsp://u:***@h/1'${lineBreak}`);
    expect(masked.split(lineBreak)).toHaveLength(text.split(lineBreak).length);
  },
);

it('hides what stands behind a secret-looking key in one line of a broken text', () => {
  expect(format.mask('cameras: [{id: a, env: {TOKEN: x}, source: 0]')).toBe("cameras: [{id: a, env: '***'");
});

it('keeps the shape of every generated file, with no value of env left', () => {
  fc.assert(
    fc.property(yamlFiles, (file) => {
      const masked = format.mask(file.text);
      const { entries: cameras, faults } = format.read(masked);
      expect(faults).toEqual([]);
      expect(cameras.map((camera) => Object.keys(camera).sort())).toEqual(
        file.cameras.map((camera) => Object.keys(camera).sort()),
      );
      for (const camera of cameras) {
        expect(Object.values(camera.env ?? {}).filter((value) => value !== '***')).toEqual([]);
        expect(JSON.stringify(camera.source)).not.toMatch(/:p,w@|:密@/);
      }
    }),
    { numRuns: runs(300, 60) },
  );
});
