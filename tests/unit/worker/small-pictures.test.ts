import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SmallPictures } from '../../../src/worker/detection-worker';
import { temporaryDirectory } from '../../support/temporary-directory';

describe('the small pictures of a worker', () => {
  const numbered = (folder: string) =>
    readdirSync(folder)
      .map((name) => Number(name.replace('.jpg', '')))
      .sort((a, b) => a - b);

  it('are those of the last 15 seconds and few of before, under the time at which they came', () => {
    const folder = temporaryDirectory();
    const pictures = new SmallPictures(folder);
    for (let at = 1_000; at <= 40_000; at += 200) pictures.add(Buffer.from(`at ${at}`), at);
    const kept = numbered(folder);
    expect(kept.slice(-76)).toEqual(Array.from({ length: 76 }, (_, i) => 25_000 + 200 * i));
    expect(kept.length).toBeLessThanOrEqual(76 + 10);
    expect(readFileSync(path.join(folder, '39800.jpg'), 'utf8')).toBe('at 39800');
  });

  it('are not mixed with those of an earlier worker', () => {
    const folder = temporaryDirectory();
    for (const name of ['999.jpg', '998.jpg.tmp']) writeFileSync(path.join(folder, name), '');
    new SmallPictures(folder).add(Buffer.from('new'), 1_000);
    expect(numbered(folder)).toEqual([1_000]);
  });

  it('are all kept when the clock is set back a little, and do not pile up when it is set back a lot', () => {
    const folder = temporaryDirectory();
    const pictures = new SmallPictures(folder);
    for (const at of [5_000, 4_000, 4_200]) pictures.add(Buffer.from('x'), at);
    expect(numbered(folder)).toEqual([5_000, 5_001, 5_002]);
    const [before, after] = [1_000_000, 10_000];
    pictures.add(Buffer.from('x'), before);
    pictures.add(Buffer.from('x'), after);
    expect(numbered(folder)).toEqual([after]);
  });
});
