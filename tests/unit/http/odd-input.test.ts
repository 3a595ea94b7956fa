import { Decimal, NoInputDto, OneOf, Open, Text, Time } from '../../../src/api/http/fields';
import { readInput } from '../../../src/api/http/read-input';
import { isStorableJson, storableJson } from '../../../src/domain/shared/text';

class ShareDto {
  @Decimal({ min: 0, max: 100, step: 0.01, optional: true }) share?: number;
  @Time({ optional: true }) at?: string;
  @Text({ optional: true }) note?: string;
  @OneOf(['dog', 'bird'], { optional: true }) kind?: string;
}

@Open
class OpenDto extends NoInputDto {
  readonly [name: string]: unknown;
}

const read = (body: Readonly<Record<string, unknown>>) =>
  readInput(ShareDto, { expected: 'body', path: {}, query: {}, body });

describe('input that nobody would send', () => {
  it.each([1e-320, 33.333, 1e308, Number.NaN, '5', [5]])('%p is no share in steps', (share) => {
    expect(read({ share }).faults.map((f) => f.loc)).toEqual(expect.arrayContaining([['body', 'share']]));
  });

  it.each([0, -0, 0.01, 33.33, 100])('%p is a share in steps', (share) => expect(read({ share }).faults).toEqual([]));

  it.each(['20260101T000000Z', '2026-W01-1', '2026-001', '+275760-09-13T00:00:00Z', 'x', 5, ''])(
    '%p is no time that is read',
    (at) => expect(read({ at }).faults).toMatchObject([{ loc: ['body', 'at'], type: 'datetime_parsing' }]),
  );

  it('a fault names the limits of its field, and never the value that was sent', () => {
    expect(read({ share: 200, kind: 'cat' }).faults).toMatchObject([
      { loc: ['body', 'share'], type: 'less_than_equal', params: { min: 0, max: 100 } },
      { loc: ['body', 'kind'], type: 'enum', params: { values: ['dog', 'bird'] } },
    ]);
    expect(JSON.stringify(read({ share: 200, kind: 'cat' }).faults)).not.toMatch(/200|cat/);
  });

  it('null of what may be left out is left out', () => {
    const { input, faults } = read({ note: null });
    expect(faults).toEqual([]);
    expect(Object.hasOwn(input, 'note')).toBe(false);
  });

  it('a member that would hide its class is no field', () => {
    const { faults } = readInput(OpenDto, { expected: 'body', path: {}, query: {}, body: { constructor: null, a: 1 } });
    expect(faults).toMatchObject([{ loc: ['body', 'constructor'], type: 'unknown_field' }]);
  });

  it.each(['a\u0000', '\ud800'])('the parameter %j is no text', (note) => {
    const { faults } = readInput(ShareDto, { expected: 'query', path: {}, query: { note }, body: {} });
    expect(faults).toMatchObject([{ loc: ['query', 'note'], type: 'string_type' }]);
  });
});

it('what cannot be stored is found and replaced at any depth', () => {
  const odd = { a: [{ 'b\u0000': 'c\ud800' }] };
  expect(isStorableJson(odd)).toBe(false);
  expect(storableJson(odd)).toEqual({ a: [{ 'b\uFFFD': 'c\uFFFD' }] });
  expect(isStorableJson(storableJson(odd))).toBe(true);
});
