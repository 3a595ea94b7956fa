import { YamlCamerasFormat } from '../../../src/infrastructure/yaml/yaml-cameras-format';
import { runs } from '../../support/long-runs';

const format = new YamlCamerasFormat();
const SECONDS = 1000;
const typesIn = (text: string) => format.read(text).faults.map((fault) => fault.type);
const CAMERA = 'id: a, name: A, source: "0"';

/** Each level lists the one below `width` times. */
function bomb(levels: number, width: number): string {
  const lines = ['l0: &l0 {k: v}'];
  for (let i = 1; i <= levels; i += 1)
    lines.push(
      `l${i}: &l${i} [${Array(width)
        .fill(`*l${i - 1}`)
        .join(', ')}]`,
    );
  return `${lines.join('\n')}\ncameras: [{${CAMERA}, metadata: {x: *l${levels}}, other: *l${levels}}]\n`;
}

it(
  'refuses a text of more than 5 MB',
  () => {
    expect(typesIn(`cameras: []\n#${'x'.repeat(5 * 1024 * 1024)}`)).toEqual(['too_large']);
    expect(typesIn(`cameras: []\n#${'x'.repeat(5 * 1024 * 1024 - 13)}`)).toEqual([]);
  },
  4 * SECONDS,
);

it(
  'refuses nested aliases that stand for billions of values without making them',
  () => {
    expect(typesIn(bomb(40, 10))).toEqual(['too_large']);
  },
  2 * SECONDS,
);

it(
  'refuses aliases that fill many cameras with values each within its limit',
  () => {
    const shared = `s: &s [${'0,'.repeat(5000)}]\n`;
    const cameras = Array.from({ length: 300 }, (_, i) => `- {id: c${i}, name: A, source: "0", x: *s}\n`).join('');
    expect(typesIn(`${shared}cameras:\n${cameras}`)).toEqual(['too_large']);
  },
  2 * SECONDS,
);

it(
  'refuses a chain of merge keys that adds up to billions of entries',
  () => {
    const length = runs(50_000, 10_000);
    const links = Array.from({ length }, (_, i) => `- &m${i + 1} {<<: *m${i}, k${i}: 1}\n`).join('');
    const text = `m: &m0 {a: 1}\nlist:\n${links}cameras: [{<<: *m${length}, ${CAMERA}}]\n`;
    expect(typesIn(text)).toContain('too_large');
    const near = `m: &m0 {a: 1}\nlist:\n${links}cameras: [{<<: [${Array.from({ length: 2000 }, (_, i) => `*m${i + 1}`).join(',')}], ${CAMERA}}]\n`;
    expect(typesIn(near)).toContain('too_large');
  },
  4 * SECONDS,
);

it.each(['[', '{a: ', '- ', '? '])(
  'refuses 10,000 levels of %j',
  (level) => {
    expect(typesIn(`cameras: []\nx: ${level.repeat(10_000)}`)).toEqual(['syntax']);
    expect(typesIn(level.repeat(10_000))).toEqual(['syntax']);
  },
  2 * SECONDS,
);

it('refuses anchors that contain themselves', () => {
  expect(typesIn('x: &a [*a]\ncameras: []\n')).toEqual(['anchor']);
  expect(typesIn(`cameras:\n- &a\n  <<: *a\n  id: a\n  name: A\n  source: "0"\n`)).toEqual(['anchor']);
  expect(typesIn('cameras: *nowhere\n')).toContain('anchor');
});

it('never changes a prototype, whatever the keys are called', () => {
  const text = `cameras:\n- {${CAMERA}, __proto__: {polluted: 1}, metadata: {"__proto__": {polluted: 1}}}\n`;
  expect(typesIn(text)).toEqual(['forbidden', 'forbidden']);
  const merged = `x: &x {constructor: {prototype: {polluted: 1}}, toString: 1}\ncameras: [{<<: *x, ${CAMERA}}]\n`;
  expect(format.read(merged).entries[0]).toEqual({
    id: 'a',
    name: 'A',
    source: '0',
    constructor: { prototype: { polluted: 1 } },
    toString: 1,
  });
  expect({}).not.toHaveProperty('polluted');
  expect(Object.getPrototypeOf(format.read(merged).entries[0])).toBe(Object.prototype);
  const edits = [{ kind: 'set', id: 'a', fields: JSON.parse('{"__proto__": {"polluted": 1}}') }] as const;
  expect(() => format.edit(`cameras: [{${CAMERA}}]`, edits)).toThrow(expect.objectContaining({ kind: 'conflict' }));
  expect({}).not.toHaveProperty('polluted');
});

it.each(['!!js/function "x"', '!foo x', '!!binary eA==', '!!int x', '!<tag:x> y', '!!set {a}', '!!omap [a: 1]'])(
  'refuses the tag of %s',
  (value) => {
    expect(typesIn(`cameras: []\nx: ${value}\n`)).toEqual(['tag']);
  },
);

it('accepts the tags of plain YAML', () => {
  const text = 'cameras: !!seq\n- !!map {id: !!str 7, name: ! 8, source: !!str "0", fps: !!int "5"}\n';
  const cameras = [{ id: '7', name: '8', source: '0', fps: 5 }];
  expect(format.read(text)).toEqual({ entries: cameras, faulty: [], readable: true, faults: [] });
});

it.each(['? [a]\n: b', '[a]: b', '{a: 1}: b', '*a : b', ': b', '? |\n  a\n: b'])('refuses the key of %j', (pair) => {
  expect(typesIn(`x: &a y\ncameras: []\n${pair}\n`)).toEqual(['syntax']);
});

it(
  'refuses more than 10,000 cameras',
  () => {
    const list = (n: number) =>
      `cameras:\n${Array.from({ length: n }, (_, i) => `- {id: c${i}, name: A, source: "0"}\n`).join('')}`;
    expect(typesIn(list(10_001))).toEqual(['too_large']);
    expect(format.read(list(10_000)).entries).toHaveLength(10_000);
  },
  4 * SECONDS,
);

it.each([
  ['brackets', `x: [${'[],'.repeat(1_600_000)}]`, ['too_large']],
  ['pairs', `x: [${'a: b,'.repeat(runs(1_000_000, 250_000))}]`, ['too_large']],
  ['one long line', `x: ${'a'.repeat(5_000_000)}`, []],
  ['a block of blank lines', `x: |\n  a\n${'\n'.repeat(runs(5_000_000, 1_250_000))}`, []],
  ['a secret far below its key', `token: # ${'-'.repeat(5_000_000)}\n  x`, []],
])(
  'reads and masks megabytes of %s in a few seconds',
  (_, text, types) => {
    expect(typesIn(`${text}\ncameras: []`)).toEqual(types);
    expect(format.mask(`${text}\ncameras: []`)).toContain('cameras');
  },
  6 * SECONDS,
);

it(
  'reports the first thousand of very many faults',
  () => {
    const types = typesIn(`${'a: b\n'.repeat(runs(100_000, 20_000))}cameras: []`);
    expect(types).toHaveLength(1001);
    expect(types.at(-1)).toBe('more_faults');
  },
  4 * SECONDS,
);
