import { allOperations } from '../../../src/api/catalogue';
import { openApi } from '../../../src/api/http/openapi';
import type { Json } from '../../../src/domain/shared/json';
import { type DocumentedExample, differences, examplesOf } from '../../support/documented-examples';

const T = '2026-01-05T08:15:02.114Z';
const shown = (answer: Json, ...varies: string[]) => ({ answer, varies }) as unknown as DocumentedExample;

describe('an answer is what its example shows', () => {
  it.each<[string, Json, string[], Json]>([
    ['all of it is the same', { a: [1, { b: null }] }, [], { a: [1, { b: null }] }],
    ['a time is another one', { at: T }, [], { at: '2030-12-31T00:00:00.000Z' }],
    ['what varies is of the same type', { pid: 7, of: { a: 1 } }, ['/pid', '/of'], { pid: 8, of: {} }],
    ['what varies lies in a list', [{ id: 'a' }], ['/*/id'], [{ id: 'b' }]],
    ['the first line of a text is the same', 'id,at\n1,2', [], 'id,at\n3,4'],
  ])('where %s', (_what, example, varies, answer) => {
    expect(differences(shown(example, ...varies), answer)).toEqual([]);
  });

  it.each<[string, Json, string[], Json, string]>([
    ['a value is another one', { a: { b: 1 } }, [], { a: { b: 2 } }, '/a/b'],
    ['a member is missing', { a: 1, b: 2 }, [], { a: 1 }, '/b'],
    ['a member is new', { a: 1 }, [], { a: 1, b: 2 }, '/b'],
    ['a list is longer', [1], [], [1, 2], '/1'],
    ['a time is none', { at: T }, [], { at: 'now' }, '/at'],
    ['what varies is of another type', { pid: 7 }, ['/pid'], { pid: null }, '/pid'],
    ['something else varies', { a: 1, b: 1 }, ['/a'], { a: 2, b: 2 }, '/b'],
    ['the first line of a text is another one', 'id,at\n', [], 'id\n', '/'],
  ])('but not where %s', (_what, example, varies, answer, pointer) => {
    expect(differences(shown(example, ...varies), answer)).toEqual([pointer]);
  });
});

it('an operation without an example is told', () => {
  const first = allOperations[0]!;
  const document = structuredClone(openApi(allOperations));
  const told = new Set(examplesOf(document).map((e) => e.operation));
  expect(allOperations.filter(({ id }) => !told.has(id))).toEqual([]);
  const paths = document.paths as Record<string, Record<string, { responses: Record<string, { content: object }> }>>;
  const described = paths[`${first.base}${first.path}`]![first.verb.toLowerCase()]!;
  described.responses['200']!.content = { [first.produces]: { schema: {} } };
  expect(() => examplesOf(document)).toThrow(`${first.id} has no example`);
});

it('no example tells where a machine keeps its files, or a secret', () => {
  // This one token opens nothing but the site of the examples.
  const text = JSON.stringify(openApi(allOperations)).replaceAll(/wgt_\w{16}_for-the-examples-[\w-]+/g, '');
  expect(text).not.toMatch(/\/(tmp|work|home|root|usr|srv)\/|wgt_[0-9a-f]{16}_/);
});
