import fc from 'fast-check';

/** Texts that mean something else if written carelessly. */
const NASTY = [
  'Hall',
  '0',
  '007',
  '1.5',
  'true',
  'null',
  '~',
  'yes',
  'a: b',
  'a #b',
  '# x',
  '- a',
  '*x',
  '&x',
  '!x',
  '%x',
  '@x',
  '`x',
  '正门 🚪',
  "it's",
  '"q"',
  'a, b',
  '[x]',
  '{x}',
  'x:',
  ':x',
  '?',
  '? a',
  '-',
  '---',
  '...',
  '<<',
  '=',
  '2024-01-01',
  '12:30:00',
  'a\\b',
  '0x1F',
  '1e3',
  '.inf',
  ' x y',
  'C:\\x\\',
  'ünï',
  'a  b',
  '|',
  '>',
  'é\u00a0è',
  "''",
];

const name = fc.constantFrom(...NASTY);
const source = fc.constantFrom(
  '0',
  '/dev/video0',
  'rtsp://u:p,w@10.0.0.1/a?b=c#d',
  'rtsp://用户:密@h/{x}',
  '/a, b.mp4',
  'x y: #b.mp4',
);
const envValue = fc.constantFrom('abc', '8080', 'true', 'x y', 'a,b', 'p@ss: #1', '', '中文', "it's");
const env = fc.dictionary(fc.constantFrom('TOKEN', 'PORT', 'URL', 'A_1'), envValue, { minKeys: 1, maxKeys: 4 });
const metadata = fc.dictionary(
  fc.constantFrom('floor', 'note', 'x y', 'k:'),
  fc.oneof(
    name,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.oneof(name, fc.integer()), { maxLength: 3 }),
  ),
  { maxKeys: 3 },
);
const resolution = fc.constantFrom('1280x720', '1920x1080');

/** Values for a `set`; known fields stay within their rules. */
export const changes = fc
  .record(
    {
      name,
      source,
      fps: fc.option(fc.integer({ min: 1, max: 240 }), { nil: undefined }),
      active: fc.option(fc.boolean(), { nil: undefined }),
      resolution: fc.option(resolution, { nil: undefined }),
      env: fc.option(env, { nil: undefined }),
      metadata: fc.option(metadata, { nil: undefined }),
      note: fc.option(fc.oneof(name, fc.constant('two\nlines\n'), fc.constant(' '), fc.constant('')), {
        nil: undefined,
      }),
    },
    { requiredKeys: [] },
  )
  .filter((fields) => Object.keys(fields).length > 0);

/** The settings of a camera but for its id. */
export const cameraSettings = fc.record(
  {
    name,
    source,
    fps: fc.integer({ min: 1, max: 60 }),
    active: fc.boolean(),
    resolution,
    env,
    metadata,
    note: fc.constantFrom('one', 'two\nlines\n', 'a\n\n  b\n', 'x: y #'),
  },
  { requiredKeys: ['name', 'source'] },
);
