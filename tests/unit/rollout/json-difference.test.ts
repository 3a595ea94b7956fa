import { differences, lasting } from '../../../src/application/rollout/json-difference';
import type { Json } from '../../../src/domain/shared/json';

const pointers = (left: Json, right: Json, may: string[] = []) => differences(left, right, may).map((d) => d.pointer);
const event = (id: number, type = 'HANDWASH') => ({ id, type });

describe('differences of two answers', () => {
  it.each<[string, Json, Json, string[]]>([
    ['equal values', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['a number', { a: { b: 1 } }, { a: { b: 2 } }, ['/a/b']],
    ['a member that is missing', { a: 1, b: 2 }, { a: 1 }, ['/b']],
    ['an object and a list', { a: {} }, { a: [] }, ['/a']],
    ['null and nothing', { a: null }, {}, ['/a']],
    ['items without an id, each that the other has not', { of: [1, 2, 3] }, { of: [1, 4, 3] }, ['/of/*', '/of/*']],
    ['a list that is longer', [1], [1, 2], ['/*']],
    ['an item that is there twice', [1, 1], [1], ['/*']],
    ['the order of items without an id', { of: [1, 2] }, { of: [2, 1] }, ['/of']],
    ['an item with an id, whatever its place', [event(9), event(1)], [event(1, 'X')], ['/9', '/1/type']],
    ['the order of items', [event(1), event(2)], [event(2), event(1)], ['']],
    ['no order where one has an item more', [event(3), event(2), event(1)], [event(2), event(1)], ['/3']],
    ['items of which two have one id', [event(1), event(1)], [event(1), event(2)], ['/*', '/*']],
    ['a name with a slash', { 'a/b': 1 }, { 'a/b': 2 }, ['/a~1b']],
  ])('are found in %s', (_, left, right, expected) => {
    expect(pointers(left, right)).toEqual(expected);
  });

  it('are left out where they are declared, with * for any member, an id included', () => {
    expect(pointers({ of: [event(7)], at: 1 }, { of: [event(7, 'X')], at: 2 }, ['/of/*/type', '/at'])).toEqual([]);
  });

  it('do not last when lists move on between two looks, though a value happens to be the same again', () => {
    // The journal is an event ahead of the table both times, and there are two types only.
    const first = differences([event(4, 'A'), event(3, 'B')], [event(3, 'B'), event(2, 'A')], []);
    const second = differences([event(6, 'A'), event(5, 'B')], [event(5, 'B'), event(4, 'A')], []);
    expect(first).not.toEqual([]);
    expect(second).not.toEqual([]);
    expect(lasting(first, second)).toEqual([]);
  });

  it('do not last when lists without ids move on', () => {
    const item = (ts: number, type: string) => ({ ts, type });
    const first = differences([item(4, 'A'), item(3, 'B')], [item(3, 'B'), item(2, 'A')], []);
    const second = differences([item(6, 'A'), item(5, 'B')], [item(5, 'B'), item(4, 'A')], []);
    expect(lasting(first, second)).toEqual([]);
    const planted = differences([item(4, 'A'), item(3, 'B')], [item(3, 'C'), item(2, 'C')], []);
    const again = differences([item(5, 'A'), item(4, 'A'), item(3, 'B')], [item(4, 'C'), item(3, 'C')], []);
    expect(lasting(planted, again)).toContainEqual({ pointer: '/*', left: item(3, 'B'), right: undefined });
  });

  it('last when the same item differs in the same way', () => {
    const first = differences([event(4), event(3, 'A')], [event(3, 'B')], []);
    const second = differences([event(5), event(4), event(3, 'A')], [event(4), event(3, 'B')], []);
    expect(lasting(first, second).map((d) => d.pointer)).toEqual(['/3/type']);
  });
});
