import fc from 'fast-check';
import { manyCameras } from '../../../bench/many-cameras';
import { deltaBetween, withDelta } from '../../../src/infrastructure/postgres/pg-revisions';

const line = fc.oneof(
  fc.constantFrom('', 'a', 'b', '  - id: 1', '🚪', '\r'),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const texts = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([lines, eol]) => lines.join(eol));

describe('the difference of two texts', () => {
  it('leads from any one to any other, if it is worth it at all', () => {
    let found = 0;
    const long = 'the same line\n'.repeat(200);
    fc.assert(
      fc.property(texts, texts, texts, (before, middle, after) => {
        for (const [one, other] of [
          [long + before + long, long + after + long],
          [before + long + middle + long, before + long + after + long],
          [before, after],
        ]) {
          const delta = deltaBetween(one ?? '', other ?? '');
          if (delta === undefined) continue;
          found += 1;
          expect(withDelta(one ?? '', JSON.parse(JSON.stringify(delta)))).toBe(other);
        }
      }),
    );
    expect(found).toBeGreaterThan(100);
  });

  it('is as long as what changed, wherever that is', () => {
    const before = manyCameras(2_000);
    const after = before
      .replace('Hall 1, camera 7"', 'Gate"')
      .replace('fps: 2\n', 'fps: 3\n')
      .replace('camera 1999"', 'Door"');
    const delta = deltaBetween(before, after) ?? [];
    expect(withDelta(before, delta)).toBe(after);
    expect(JSON.stringify(delta).length).toBeLessThan(300);
  });

  it('is nothing for a text that is another one', () => {
    expect(deltaBetween('a\nb\nc\n', 'x\ny\nz\n')).toBeUndefined();
    expect(deltaBetween('', manyCameras(5))).toBeUndefined();
  });
});
