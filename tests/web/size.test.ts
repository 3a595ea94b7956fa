import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../architecture/dependency-cruise';

const BUILT = path.join(ROOT, 'dist/web');
const KB = 1_000;

const read = (file: string) => readFileSync(path.join(BUILT, file));
const packed = (file: string) => gzipSync(read(file), { level: 9 }).length / KB;

describe('the built dashboard (npm run build:web)', () => {
  const files = readdirSync(BUILT, { recursive: true }).map(String);
  const index = read('index.html').toString();
  /** What the first page loads: named in the page, and imported at once by what is named there. */
  const initial = (ending: string) =>
    [...index.matchAll(/(?:src|href)="\/([^"]+)"/g)]
      .map(([, file = '']) => file)
      .filter((file) => file.endsWith(ending));
  const sum = (some: readonly string[]) => some.map(packed).reduce((a, b) => a + b, 0);

  it('loads at most 175 KB of script and 15 KB of style at first, packed', () => {
    expect(initial('.js').length).toBeGreaterThan(1);
    expect(sum(initial('.js'))).toBeLessThanOrEqual(175);
    expect(sum(initial('.css'))).toBeLessThanOrEqual(15);
  });

  it('has at most 520 KB in all, and at most 45 KB for a further page', () => {
    const all = files.filter((file) => /\.(js|css|html|svg)$/.test(file));
    expect(sum(all)).toBeLessThanOrEqual(520);
    const large = all.filter((file) => !initial('.js').includes(file) && packed(file) > 45);
    expect(large.map((file) => file.replace(/-[\w-]{8}\./, '.'))).toEqual(['assets/yaml-view.js']);
    expect(sum(large)).toBeLessThanOrEqual(130);
  });

  it('has no script within its page and names no other host in it', () => {
    expect(index).not.toMatch(/<script(?![^>]*src=)[^>]*>/);
    expect(index).not.toMatch(/https?:\/\//);
  });
});
