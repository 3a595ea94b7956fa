import { type Known, admit, known } from '../../../src/application/shared/quarantine';
import { YamlCamerasFormat } from '../../../src/infrastructure/yaml/yaml-cameras-format';
import { runs } from '../../support/long-runs';

const format = new YamlCamerasFormat();
const good = (id: string) => `- {id: ${id}, name: ${id}, source: "0"}\n`;
const read = (...entries: string[]) => format.read(`cameras:\n${entries.join('')}`);
const inForce = (...entries: string[]): Known => known(read(...entries).entries, read(...entries));
const admitted = (before: readonly Known[] | undefined, ...entries: string[]) => {
  const { entries: cameras, quarantined, faults } = admit(read(...entries), before);
  const errors = faults.filter((fault) => fault.severity === 'error');
  return { cameras: cameras.map(({ id }) => id), quarantined: quarantined.map(({ id }) => id), errors: errors.length };
};

const NO_SOURCE = '- {id: x, name: X}\n';
const NO_ID = '- {name: nobody}\n';
const accepted = (cameras: string[], ...quarantined: (string | undefined)[]) => ({ cameras, quarantined, errors: 0 });

describe('faulty entries of a first import', () => {
  it('are tolerated, whatever is wrong with them', () => {
    expect(admitted(undefined, good('a'), NO_SOURCE, NO_ID, '- text\n')).toEqual(
      accepted(['a'], 'x', undefined, undefined),
    );
  });

  it('are not when the document around them cannot be read', () => {
    expect(admit(format.read(`cameras:\n${good('a')}${NO_SOURCE}x: {a: 1, a: 2}\n`), undefined)).toMatchObject({
      entries: [],
      faults: [{}, { type: 'duplicate_key' }],
    });
  });

  it('leave a warning of a camera a warning', () => {
    const { faults } = admit(read('- {id: a, name: A, source: "0", loction: b}\n', NO_SOURCE), undefined);
    expect(faults.map(({ type, severity }) => [type, severity])).toEqual([['unknown_field', 'warning']]);
  });
});

describe('faulty entries after that', () => {
  const before = [inForce(good('a'), good('b'), NO_SOURCE, NO_ID)];

  it.each<[string, string[], object]>([
    ['unchanged', [good('a'), good('b'), NO_SOURCE, NO_ID], accepted(['a', 'b'], 'x', undefined)],
    ['elsewhere in the file', [NO_ID, good('b'), NO_SOURCE, good('a')], accepted(['b', 'a'], undefined, 'x')],
    [
      'edited and faulty still',
      [good('a'), good('b'), '- {id: x, fps: 5}\n', NO_ID],
      accepted(['a', 'b'], 'x', undefined),
    ],
    ['without an id, edited', [good('a'), good('b'), NO_SOURCE, '- {fps: 5}\n'], accepted(['a', 'b'], 'x', undefined)],
    ['given an id', [good('a'), good('b'), NO_SOURCE, '- {id: y, name: Y}\n'], accepted(['a', 'b'], 'x', 'y')],
    ['beside a camera that is removed', [good('b'), NO_SOURCE, NO_ID], accepted(['b'], 'x', undefined)],
    [
      'beside a new camera',
      [good('a'), good('b'), good('c'), NO_SOURCE, NO_ID],
      accepted(['a', 'b', 'c'], 'x', undefined),
    ],
    ['corrected', [good('a'), good('b'), good('x'), NO_ID], accepted(['a', 'b', 'x'], undefined)],
    ['removed', [good('a'), good('b')], accepted(['a', 'b'])],
  ])('are tolerated: %s', (_, entries, expected) => {
    expect(admitted(before, ...entries)).toEqual(expected);
  });

  it.each<[string, string[], number]>([
    ['a camera that breaks', [good('a'), '- {id: b, name: B}\n', NO_SOURCE, NO_ID], 1],
    ['a camera that loses its id', [good('a'), '- {name: b, source: "0"}\n', NO_SOURCE], 1],
    ['a new one', [good('a'), good('b'), NO_SOURCE, NO_ID, '- {id: y, name: Y}\n'], 1],
    [
      'a new one in place of one that was corrected',
      [good('a'), good('b'), good('x'), '- {id: y, name: Y}\n', NO_ID],
      1,
    ],
    ['a second entry of a camera', [good('a'), good('a'), good('b'), NO_SOURCE, NO_ID], 1],
  ])('refuse the whole text, and only theirs are its faults: %s', (_, entries, errors) => {
    expect(admitted(before, ...entries)).toMatchObject({ cameras: [], errors: expect.any(Number) as number });
    expect(admitted(before, ...entries).errors).toBeGreaterThanOrEqual(errors);
    expect(admit(read(...entries), before).faults.map(({ path }) => path)).not.toContain('cameras[2].source');
  });

  it('are tolerated if one of the texts it may have started from had them', () => {
    const corrected = inForce(good('a'), good('b'), good('x'), NO_ID);
    expect(admitted([corrected], good('a'), good('b'), NO_SOURCE, NO_ID).errors).toBe(1);
    expect(admitted([corrected, ...before], good('a'), good('b'), NO_SOURCE, NO_ID).errors).toBe(0);
  });

  it('are not tolerated if they were cameras by rules that were less strict', () => {
    const lax = known([...read(good('a')).entries, { id: 'x', name: 'X' }], read(good('a'), NO_SOURCE));
    expect(admitted([lax], good('a'), NO_SOURCE)).toEqual({ cameras: [], quarantined: [], errors: 1 });
  });
});

describe('of several entries of one id', () => {
  const second = '- {id: a, name: second, source: "9"}\n';

  it('the first good one is the camera', () => {
    expect(admitted(undefined, good('a'), second)).toEqual(accepted(['a'], 'a'));
    expect(admitted(undefined, '- {id: a, name: broken}\n', second)).toEqual(accepted(['a'], 'a'));
  });

  it('no other takes the place of the camera when that breaks', () => {
    const before = [inForce(good('a'), second)];
    expect(admitted(before, good('a'), second)).toEqual(accepted(['a'], 'a'));
    expect(admitted(before, good('a'), second.replace('9', '8'))).toEqual(accepted(['a'], 'a'));
    expect(admitted(before, '- {id: a, name: broken}\n', second).cameras).toEqual([]);
    expect(admitted(before, second)).toEqual(accepted(['a']));
  });
});

it('is quick with thousands of faulty entries', () => {
  const entries = (fps: number) => Array.from({ length: runs(9_000, 3_000) }, (_, i) => `- {id: c${i}, fps: ${fps}}\n`);
  const [one, other] = [entries(1), entries(2)];
  expect(admitted([inForce(...one)], ...other).errors).toBe(0);
});
