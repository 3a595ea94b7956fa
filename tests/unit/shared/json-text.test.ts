import { runInNewContext } from 'node:vm';
import { parsedJson, toJson } from '../../../src/domain/shared/json';

describe('a JSON text', () => {
  it.each([
    ['{"a":[1,null]}', { a: [1, null] }],
    ['null', null],
    ['"摄像头"', '摄像头'],
    ['{"a":', undefined],
    ['', undefined],
    ['undefined', undefined],
  ])('%s is read, or is none', (text, value) => {
    expect(parsedJson(text)).toEqual(value);
  });

  it('is none in every realm, and nothing but that is hidden', () => {
    expect(runInNewContext('read("{")', { read: parsedJson })).toBeUndefined();
    const nasty = { toString: () => runInNewContext('throw new RangeError("too deep")') as string };
    expect(() => parsedJson(nasty as unknown as string)).toThrow('too deep');
  });

  it('is what is left of a value when it is sent', () => {
    const sent = toJson({ at: new Date(0), none: undefined, list: [undefined], call: () => 1 });
    expect(sent).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [null] });
  });
});
