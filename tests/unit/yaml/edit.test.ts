import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigEdit } from '../../../src/application/shared/config-file';
import type { Json } from '../../../src/domain/shared/json';
import { YamlCamerasFormat } from '../../../src/infrastructure/yaml/yaml-cameras-format';

const format = new YamlCamerasFormat();
const golden = readFileSync(join(__dirname, '../../fixtures/yaml/golden.yaml'), 'utf8');
const set = (id: string, fields: Record<string, Json | undefined>): ConfigEdit => ({ kind: 'set', id, fields });
const remove = (id: string): ConfigEdit => ({ kind: 'remove', id });
const add = (fields: Record<string, Json> = {}): ConfigEdit => ({
  kind: 'add',
  fields: { fps: 5, source: '0', name: 'New', id: 'new', ...fields },
});

/** The text with one part, which must stand in it exactly once, replaced. */
function swapped(text: string, from: string, to: string): string {
  expect(text.split(from)).toHaveLength(2);
  return text.replace(from, () => to);
}

const NOT_EDITABLE = expect.objectContaining({ kind: 'conflict', code: 'camera_config.not_editable' });

describe('in a file with a byte order mark, CRLF, Chinese comments, odd indents, flow maps, quotes and anchors', () => {
  it.each([
    ['a number', set('front-door', { fps: 30 }), 'fps:    15 ', 'fps:    30 '],
    ['a number in a flow map', set('garage', { fps: 7 }), 'fps: 25 ,', 'fps: 7 ,'],
    ['a text in single quotes', set('front-door', { name: "it's 1" }), `'正门 — "Front"'`, "'it''s 1'"],
    ['a text in double quotes', set('garage', { name: '车库 "2"' }), '"Garage \\u2116 1"', '"车库 \\"2\\""'],
    [
      'a folded text',
      set('front-door', { description: 'short: one' }),
      /* CRLF */ '>-\r\n            第一行\r\n            second line,\r\n            third: not a key',
      "'short: one'",
    ],
    ['the old name of active', set('garage', { active: false }), 'enabled: true', 'enabled: false'],
    ['a resolution written as a list', set('front-door', { resolution: '1920x1080' }), '[1280, 720]', '1920x1080'],
    ['a source that is an alias', set('front-door', { source: '/dev/video1' }), '*door', '/dev/video1'],
    ['an unquoted number meant as text', set('garage', { source: '1' }), 'source: 0,', "source: '1',"],
    ['a member of env', set('front-door', { env: { TOKEN: 'n #', MODE: "it's" } }), '"a: b # c"', '"n #"'],
    ['an env that is an alias', set('yard', { env: { X: '1' } }), '*hall-env', "{X: '1'}"],
  ])('changes exactly one value: %s', (_, edit, from, to) => {
    expect(format.edit(golden, [edit])).toBe(swapped(golden, from, to));
  });

  it('makes several changes at once and nothing else', () => {
    const edits = [
      set('yard', { fps: 9, name: '院子' }),
      set('garage', { device: 'cpu', enabled: undefined }),
      set('hall', { fps: 3 }),
    ];
    let expected = swapped(golden, 'fps: 30\r\n', 'fps: 9\r\n');
    expected = swapped(expected, 'name: Yard\r\n', 'name: 院子\r\n');
    expected = swapped(expected, 'enabled: true }', 'enabled: true, device: cpu }');
    expected = swapped(expected, 'active: false\r\n', 'active: false\r\n        fps: 3\r\n');
    expect(format.edit(golden, edits)).toBe(expected);
  });

  it('keeps what others share when the camera that holds the anchor goes', () => {
    const text = format.edit(golden, [remove('hall')]);
    expect(text).toContain('env: &hall-env {A: "1", B: "2"}\r\n'.replaceAll('"', "'"));
    expect(format.read(text).entries).toEqual(format.read(golden).entries.filter(({ id }) => id !== 'hall'));
  });

  it('changes nothing when the value is already so', () => {
    expect(format.edit(golden, [set('hall', { fps: 12 }), set('front-door', { resolution: '1280x720' })])).toBe(golden);
  });
});

/** [what, before, edits, after] */
const EXAMPLES: [string, string, ConfigEdit[], string][] = [
  [
    'a comment behind a removed key goes, others stay',
    '- id: a\n  # fps\n  fps: 5 # x\n  # name\n  name: A\n  source: "0"\n',
    [set('a', { fps: undefined })],
    '- id: a\n  # fps\n  # name\n  name: A\n  source: "0"\n',
  ],
  [
    'the key beside the dash is removed',
    '- fps: 5\n  id: a\n  name: A\n  source: "0"\n',
    [set('a', { fps: undefined })],
    '- id: a\n  name: A\n  source: "0"\n',
  ],
  [
    'the key beside the dash is removed, a comment follows',
    '- fps: 5 # x\n  # id\n  id: a\n  name: A\n  source: "0"\n',
    [set('a', { fps: undefined })],
    '- \n  # id\n  id: a\n  name: A\n  source: "0"\n',
  ],
  [
    'a key is added behind a nested map',
    '- id: a\n  name: A\n  source: "0"\n  env:\n    B: c # d\n\n# end',
    [set('a', { fps: 5, env: { B: 'c', D: 'e' } })],
    '- id: a\n  name: A\n  source: "0"\n  env:\n    B: c # d\n    D: e\n  fps: 5\n\n# end',
  ],
  [
    'a key is added without a final line break',
    '- id: a\n  name: A\n  source: "0"',
    [set('a', { fps: 5 })],
    '- id: a\n  name: A\n  source: "0"\n  fps: 5',
  ],
  [
    'a key is added behind kept blank lines',
    '- id: a\n  name: A\n  source: "0"\n  note: |+\n    x\n\n\n',
    [set('a', { fps: 5 })],
    '- id: a\n  name: A\n  source: "0"\n  note: |+\n    x\n\n\n  fps: 5\n',
  ],
  [
    'an empty value is set',
    '- id: a\n  name: A\n  source: "0"\n  region_id: # none\n  active: # no\n',
    [set('a', { region_id: 'r', active: true })],
    '- id: a\n  name: A\n  source: "0"\n  region_id: r # none\n  active: true # no\n',
  ],
  [
    'a map in lines becomes empty, its comment stays',
    '- id: a\n  env: # e\n    # f\n    A: b\n  name: A\n  source: "0"\n',
    [set('a', { env: {} })],
    '- id: a\n  env: {} # e\n    # f\n  name: A\n  source: "0"\n',
  ],
  [
    'a list in lines is replaced',
    '- id: a\n  metadata:\n    x:\n    - 1\n    - 2\n  name: A\n  source: "0"\n',
    [set('a', { metadata: { x: [3] } })],
    '- id: a\n  metadata:\n    x: [3]\n  name: A\n  source: "0"\n',
  ],
  [
    'a member of a flow map is removed with its comma',
    '- {id: a, name: A, source: "0", env: {A: b, C: d, E: f}}\n',
    [set('a', { env: { A: 'b', C: 'd' } })],
    '- {id: a, name: A, source: "0", env: {A: b, C: d}}\n',
  ],
  [
    'an anchor nobody refers to stays',
    '- id: a\n  name: A\n  source: &s "0"\n',
    [set('a', { source: '1' })],
    '- id: a\n  name: A\n  source: &s "1"\n',
  ],
  ['the last camera goes', '- id: a\n  name: A\n  source: "0"\n# end\n', [remove('a')], 'cameras: []\n# end\n'],
  [
    'a camera is added with the style of the last one',
    '-   id: a\n    name: A\n    source: "0"\n\n# b\n-   id: b\n    name: B\n    source: "0" # x\nlast: 1\n',
    [add()],
    '-   id: a\n    name: A\n    source: "0"\n\n# b\n-   id: b\n    name: B\n    source: "0" # x\n\n-   id: new\n    name: New\n    source: \'0\'\n    fps: 5\nlast: 1\n',
  ],
  [
    'a camera is added in a flow map',
    '- {id: a, name: A, source: "0"}',
    [add({ name: 'a, b' })],
    "- {id: a, name: A, source: \"0\"}\n- {id: new, name: 'a, b', source: '0', fps: 5}",
  ],
];

it.each(EXAMPLES)('edits well when %s', (_, before, edits, after) => {
  const expected = after.startsWith('cameras') ? after : `cameras:\n${after}`;
  expect(format.edit(`cameras:\n${before}`, edits)).toBe(expected);
});

it.each([
  ['cameras: []', 'cameras:\n  - id: new'],
  ['cameras: [ ] # none\nx: 1\n', 'cameras: # none\n  - id: new'],
  ['{cameras: []}', '{cameras: [{id: new,'],
  ['\uFEFFcameras: []', '\uFEFFcameras:\n  - id: new'],
  ['cameras: &none []\n', 'cameras: &none \n  - id: new'],
])('adds a camera to the empty list of %j', (before, start) => {
  const after = format.edit(before, [add()]);
  expect(after.startsWith(start)).toBe(true);
  expect(parse(after)).toMatchObject({ cameras: [{ id: 'new', fps: 5 }] });
});

const SHARED = `cameras:
- &one
  id: a
  name: A
  source: &src 0
  fps: 5
  env: &env
    K: v
- <<: *one
  id: b
- id: c
  name: C
  source: *src
  env: {<<: *env, L: w}
`;

it.each<[string, ConfigEdit[]]>([
  ['a setting others inherit is changed', [set('a', { fps: 6 })]],
  ['a setting others inherit is removed', [set('a', { fps: undefined })]],
  ['a setting others inherit is added', [set('a', { device: 'cpu' })]],
  ['a value others refer to is changed', [set('a', { source: '1' })]],
  ['a member of a map others refer to is changed', [set('a', { env: { K: 'x' } })]],
  ['a map others refer to is removed', [set('a', { env: undefined })]],
  ['the camera others inherit from is removed', [remove('a')]],
  ['two of three are removed', [remove('a'), remove('c')]],
  ['an inherited setting gets a value of its own', [set('b', { fps: 9, env: { K: 'mine' } })]],
  ['an inherited setting is removed', [set('b', { fps: undefined })]],
])('keeps every other camera as it was when %s', (_, edits) => {
  const touched = new Set<unknown>(edits.flatMap((edit) => (edit.kind === 'add' ? [] : [edit.id])));
  const others = (text: string) => format.read(text).entries.filter(({ id }) => !touched.has(id));
  const after = format.edit(SHARED, edits);
  expect(after).not.toBe(SHARED);
  expect(others(after)).toEqual(others(SHARED));
});

it('writes out what a merge key gave when one of these settings is to go', () => {
  const text = 'x: &x {fps: 5, device: cpu}\ncameras:\n- <<: *x # shared\n  id: a\n  name: A\n  source: "0"\n';
  expect(format.edit(text, [set('a', { fps: undefined })])).toBe(
    swapped(
      text,
      '<<: *x # shared\n  id: a\n  name: A\n  source: "0"\n',
      'id: a\n  name: A\n  source: "0"\n  device: cpu\n',
    ),
  );
});

it('refuses an unknown id, a file with errors, a wrong value and an id that is taken', () => {
  expect(() => format.edit(SHARED, [set('x', { fps: 1 })])).toThrow(expect.objectContaining({ kind: 'not-found' }));
  expect(() => format.edit(SHARED, [remove('x')])).toThrow(expect.objectContaining({ kind: 'not-found' }));
  expect(() => format.edit('cameras: {}', [add()])).toThrow(NOT_EDITABLE);
  expect(() => format.edit(SHARED, [set('a', { fps: 0 })])).toThrow(NOT_EDITABLE);
  expect(() => format.edit(SHARED, [add({ id: 'a' })])).toThrow(NOT_EDITABLE);
  expect(() => format.edit('cameras: []', [add({ name: '' })])).toThrow(NOT_EDITABLE);
});

it.each<[string, string]>([
  ['the golden file', golden],
  [
    'cameras apart from each other',
    'cameras:\n  - id: a\n    name: A\n    source: "0"\n\n  - id: b\n    name: B\n    source: "1"\n',
  ],
  ['cameras in a row', 'cameras:\n- {id: a, name: A, source: "0"}\n- {id: b, name: B, source: "1"}\n'],
  ['one camera', 'cameras:\n- id: a\n  name: A\n  source: "0"'],
  [
    'line breaks of Windows',
    'cameras:\r\n  - id: a\r\n    name: A\r\n    source: "0"\r\n\r\n  - id: b\r\n    name: B\r\n    source: "1"\r\n',
  ],
])('leaves nothing of a camera that is added and removed again in %s', (_, text) => {
  const once = format.edit(format.edit(text, [add()]), [remove('new')]);
  expect(once).toBe(text.endsWith('\n') ? text : `${text}\n`);
  expect(format.edit(format.edit(once, [add()]), [remove('new')])).toBe(once);
});

it('applies edits in their order', () => {
  const after = format.edit('cameras: []', [
    add(),
    set('new', { fps: 9, id: 'newer' }),
    add({ id: 'gone' }),
    remove('gone'),
  ]);
  expect(format.read(after).entries).toEqual([{ id: 'newer', name: 'New', source: '0', fps: 9 }]);
});

it('finds a camera by the id an alias gives it, and edits it where it stands', () => {
  const text = 'x: &list\n- id: a\n  name: A\n  source: "0"\ncameras: *list\n';
  expect(format.edit(text, [set('a', { fps: 1 })])).toBe(swapped(text, '"0"\n', '"0"\n  fps: 1\n'));
});

describe('entries with faults', () => {
  const BROKEN = '  - id: broken   # the old service wrote this\n    name: Broken\n    fps: 25 # pictures\n';
  const NAMELESS = '  - {name: nobody, fps: none}\n';
  const OTHERS = [
    '  - id: a\n    name: A\n    source: "0"\n',
    '  - id: b\n    name: B\n    source: "1" # second\n',
  ] as const;
  const text = `# site\ncameras:\n${OTHERS[0]}${BROKEN}${NAMELESS}${OTHERS[1]}# end\n`;

  it('stay byte by byte as they are while cameras around them are changed, removed and added', () => {
    const after = format.edit(text, [set('a', { fps: 9 }), remove('b'), add()]);
    expect(after).toContain(BROKEN);
    expect(after).toContain(NAMELESS);
    expect(format.read(after).entries.map(({ id }) => id)).toEqual(['a', 'new']);
    expect(format.edit(format.edit(text, [add()]), [remove('new')])).toBe(text);
  });

  it('are corrected where they stand, with their comments, by adding a camera of their id', () => {
    const corrected = add({ id: 'broken', name: 'Mended', source: '5', fps: 25 });
    const after = format.edit(text, [corrected]);
    expect(after).toBe(
      text.replace('name: Broken\n    fps: 25 # pictures\n', `name: Mended\n    fps: 25 # pictures\n    source: '5'\n`),
    );
    expect(format.read(after).entries.map(({ id }) => id)).toEqual(['a', 'broken', 'b']);
  });

  it('are removed by their id, together with a camera that has it', () => {
    expect(format.edit(text, [remove('broken')])).toBe(text.replace(BROKEN, ''));
    const twice = `cameras:\n${OTHERS[0]}${OTHERS[1]}  - {id: a, name: again, source: "7"}\n`;
    expect(format.edit(twice, [remove('a')])).toBe(`cameras:\n${OTHERS[1]}`);
    expect(format.edit(twice, [set('a', { fps: 3 })])).toContain('{id: a, name: again, source: "7"}');
  });

  it('are not touched by a correction that leaves a fault', () => {
    expect(() => format.edit(text, [{ kind: 'add', fields: { id: 'broken', name: 'Mended', fps: 25 } }])).toThrow(
      NOT_EDITABLE,
    );
  });

  it('do not become cameras by what they inherit from one that is changed', () => {
    const shared = 'cameras:\n  - &a {id: a, name: A, source: "0", fps: 5}\n  - {<<: *a, id: c, fps: 0}\n';
    const after = format.edit(shared, [set('a', { fps: 6 })]);
    expect(format.read(after)).toMatchObject({ entries: [{ id: 'a', fps: 6 }], faulty: [{ id: 'c' }] });
  });
});
