import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigFault } from '../../../src/application/shared/config-file';
import { YamlCamerasFormat } from '../../../src/infrastructure/yaml/yaml-cameras-format';

const format = new YamlCamerasFormat();
const fixture = (name: string) => readFileSync(join(__dirname, '../../fixtures/yaml', name), 'utf8');
const place = ({ line, column, type, path }: ConfigFault) => `${line}:${column} ${type} ${path}`;
const faultsIn = (text: string) => format.read(text).faults.map(place);
const camera = (lines: string) => `cameras:\n- id: a\n  name: A\n  source: "0"\n${lines}`;
const first = (text: string) => format.read(text).entries[0];

it('reports every fault of a file at once, each at its line and column', () => {
  expect(faultsIn(fixture('six-faults.yaml'))).toEqual([
    '8:10 type cameras[0].fps',
    '11:44 range cameras[1].fps',
    '13:11 duplicate_id cameras[2].id',
    '15:7 missing cameras[3].source',
    '17:7 unknown_field cameras[3].soruce',
    '18:19 pattern cameras[3].resolution',
  ]);
  const { entries: cameras, faulty, readable } = format.read(fixture('six-faults.yaml'));
  expect(readable).toBe(true);
  // Of two with one id the first good one is the camera.
  expect(cameras).toEqual([{ id: 'front', name: 'Third', source: '1' }]);
  expect(faulty.map(({ id, line, column, faults }) => [id, line, column, faults.map(place)])).toEqual([
    ['front', 5, 3, ['8:10 type cameras[0].fps', '13:11 duplicate_id cameras[2].id']],
    ['back', 11, 3, ['11:44 range cameras[1].fps']],
    [
      'fourth',
      15,
      3,
      ['15:7 missing cameras[3].source', '17:7 unknown_field cameras[3].soruce', '18:19 pattern cameras[3].resolution'],
    ],
  ]);
});

it.each([
  ['a fault outside of the list', 'x: {a: 1, a: 2}\ncameras: [{id: a, name: A, source: "0"}, {id: b, name: B}]\n'],
  ['an alias of nothing as the list', 'cameras: *nowhere\n'],
  ['two lists', 'cameras: [{id: a, name: A, source: "0"}]\ncameras: []\n'],
])('takes nothing from a file with %s', (_, text) => {
  expect(format.read(text)).toMatchObject({ entries: [], faulty: [], readable: false });
});

it.each([
  ['a key that is set twice', '- {id: b, name: B, source: "1", fps: 1, fps: 2}', 'duplicate_key'],
  ['an alias of nothing', '- {id: b, name: B, source: *nowhere}', 'anchor'],
  ['a tag', '- {id: b, name: B, source: !x "1"}', 'tag'],
  ['a text', '- b', 'type'],
  ['nothing', '-', 'type'],
  ['a name of null', '- {id: b, name: ~, source: "1"}', 'missing'],
])('takes the cameras around an entry with %s', (_, entry, type) => {
  const { entries: cameras, faulty, readable } = format.read(`cameras:\n- {id: a, name: A, source: "0"}\n${entry}\n`);
  expect(readable).toBe(true);
  expect(cameras).toEqual([{ id: 'a', name: 'A', source: '0' }]);
  expect(faulty).toHaveLength(1);
  expect(faulty[0]?.faults.map((fault) => fault.type)).toContain(type);
});

it('tells faulty entries apart by what they hold, not by where and how it is written', () => {
  const contents = (text: string) => format.read(text).faulty.map(({ content }) => content);
  const [written] = contents('cameras:\n- name: B\n  fps: 5\n');
  expect(contents('cameras: [{fps: 5, "name": B}]')).toEqual([written]);
  expect(contents('cameras: [{fps: 6, "name": B}]')).not.toEqual([written]);
});

it('gives a misspelt key as a warning with the name that was probably meant', () => {
  const { entries: cameras, faults } = format.read(camera('  loction: Hall\n'));
  expect(faults).toEqual([
    expect.objectContaining({ line: 5, column: 3, severity: 'warning', suggestion: 'location' }),
  ]);
  expect(cameras).toEqual([{ id: 'a', name: 'A', source: '0', loction: 'Hall' }]);
});

it('finds a syntax error at its place and says nothing else', () => {
  expect(faultsIn(fixture('syntax-error.yaml'))).toEqual(['5:4 syntax ']);
});

it('counts lines and columns the same with every line break, and gives a byte order mark no column', () => {
  for (const lineBreak of ['\n', '\r\n', '\r']) {
    const text = '\uFEFFcameras:\n- id: a\n  name: 名\n  source: "0"\n  fps: 0\n'.replaceAll('\n', lineBreak);
    expect(faultsIn(text)).toEqual(['5:8 range cameras[0].fps']);
  }
  expect(faultsIn('\uFEFFcamera: []')).toEqual(['1:1 missing ']);
});

it.each([
  ['nothing', ''],
  ['only space', ' \n\t\n'],
  ['only comments', '# cameras: []\n'],
  ['a list at the top', '- id: a\n'],
  ['no cameras', 'camera: []\n'],
  ['null cameras', 'cameras:\n'],
  ['a map of cameras', 'cameras: {a: {name: A}}\n'],
  ['a scalar as a camera', 'cameras: [front]\n'],
  ['two documents', 'cameras: []\n---\ncameras: []\n'],
])('refuses a file with %s', (_, text) => {
  const { entries: cameras, faults } = format.read(text);
  expect(cameras).toEqual([]);
  expect(faults.map((fault) => fault.severity)).toEqual(['error']);
});

it('reads an empty list as no cameras', () => {
  expect(format.read('cameras: []')).toEqual({ entries: [], faulty: [], readable: true, faults: [] });
});

it('keeps the text of unquoted numbers where a text is meant, and types the rest', () => {
  const text =
    'cameras: [{id: 007, name: 1.50, source: 0, fps: 0x19, active: True, x: 1.50, y: 2024-01-01, z: yes, env: {P: 080}}]';
  expect(first(text)).toEqual({
    id: '007',
    name: '1.50',
    source: '0',
    fps: 25,
    active: true,
    x: 1.5,
    y: '2024-01-01',
    z: 'yes',
    env: { P: '080' },
  });
});

it('ignores what an older version wrote about itself', () => {
  expect(first(camera('  created_at: 2024-01-01\n  updated_at: [x]\n  is_active: maybe\n'))).toEqual({
    id: 'a',
    name: 'A',
    source: '0',
  });
});

it('applies merge keys: own values win, then earlier maps', () => {
  const text =
    'a: &a {fps: 1, location: one}\nb: &b {fps: 2, device: cpu}\n' + camera('  <<: [*a, *b]\n  location: own\n');
  expect(first(text)).toEqual({ id: 'a', name: 'A', source: '0', location: 'own', fps: 1, device: 'cpu' });
  expect(faultsIn(camera('  <<: 5\n'))).toEqual(['5:7 merge cameras[0]']);
  expect(first(camera('  "<<": 5\n'))).toHaveProperty('<<', 5);
});

it('reads enabled as active and places a fault at the key that is written', () => {
  expect(first(camera('  enabled: false\n'))).toHaveProperty('active', false);
  expect(faultsIn(camera('  enabled: 1\n'))).toEqual(['5:12 type cameras[0].enabled']);
});

it('places faults inside env at the value, also where it comes from an anchor', () => {
  expect(faultsIn(`e: &e\n  A: [1]\n${camera('  env: *e\n')}`)).toEqual(['2:6 type cameras[0].env.A']);
  expect(faultsIn(camera('  fps: &f 0\n'))).toEqual(['5:11 range cameras[0].fps']);
  expect(faultsIn(camera('  env: {PATH: x}\n'))).toEqual(['5:15 forbidden cameras[0].env.PATH']);
});

it('reports every key that is set twice, at any depth', () => {
  expect(faultsIn(`x: {a: 1, a: 2}\n${camera('  fps: 1\n  fps: 2\n  env:\n    A: 1\n    "A": 2\n')}`)).toEqual([
    '1:11 duplicate_key x.a',
    '7:3 duplicate_key cameras[0].fps',
    '10:5 duplicate_key cameras[0].env.A',
  ]);
});

it('never shows a value in a fault', () => {
  const secret = 'hunter2';
  const texts = [
    camera(
      `  fps: ${secret}\n  status: ${secret}\n  env: {"${secret} x": 1}\n  "${secret} y": 1\n  "${secret} y": 2\n`,
    ),
    camera(`  password: !${secret} x\n`),
    camera(`  password: !${secret}!a x\n`),
    camera(`  password: !a^${secret} x\n`),
    camera(`  password: *${secret}\n`),
    `cameras: "${secret}\n`,
  ];
  for (const text of texts) {
    const { faults } = format.read(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults)).not.toContain(secret);
  }
});

it('reads a null of an optional setting as not written, as the old backend left it', () => {
  expect(first(camera('  location: null\n  fps:\n  env: ~\n  note: ~\n'))).toEqual({
    id: 'a',
    name: 'A',
    source: '0',
    note: null,
  });
  const text = camera('  fps: # not known yet\n  location: ~\n');
  expect(format.edit(text, [{ kind: 'set', id: 'a', fields: { fps: 5 } }])).toBe(
    camera('  fps: 5 # not known yet\n  location: ~\n'),
  );
});
