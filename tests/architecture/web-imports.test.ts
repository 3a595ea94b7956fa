import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './dependency-cruise';

const WEB = path.join(ROOT, 'web/src');
const IMPORTED = /(?:from|import) ?\(?'([^']+)'/g;

interface Import {
  readonly from: string;
  /** A path within web/src, or the name of a package. */
  readonly to: string;
}

/** dependency-cruiser reads no JSX without the compiler that TypeScript 7 no longer has: this reads the lines. */
const imports: readonly Import[] = readdirSync(WEB, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name))
  .flatMap((from) =>
    [...readFileSync(path.join(WEB, from), 'utf8').matchAll(IMPORTED)].map(([, name = '']) => ({
      from,
      to: name.startsWith('.') ? path.posix.join(path.posix.dirname(from), name) : name,
    })),
  );

const top = (name: string) => name.split('/')[0] ?? '';
const pageOf = (name: string) => /^pages\/([^/]+)\//.exec(name)?.[1];
const shown = (found: readonly Import[]) => found.map(({ from, to }) => `${from} → ${to}`);

describe('the dashboard', () => {
  it('imports nothing from outside its own folder but packages', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(shown(imports.filter(({ to }) => to.startsWith('..')))).toEqual([]);
  });

  it('has pages that know neither each other nor the shell', () => {
    const wrong = imports.filter(
      ({ from, to }) => pageOf(from) && (top(to) === 'shell' || (pageOf(to) && pageOf(to) !== pageOf(from))),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it('has no part below the pages that knows them', () => {
    const below = new Set(['api', 'i18n', 'live', 'ui']);
    expect(shown(imports.filter(({ from, to }) => below.has(top(from)) && /^(pages|shell)\//.test(to)))).toEqual([]);
  });

  it('is imported by nothing of the service', () => {
    const service = readdirSync(path.join(ROOT, 'src'), { recursive: true })
      .map(String)
      .filter(
        (name) => name.endsWith('.ts') && readFileSync(path.join(ROOT, 'src', name), 'utf8').includes('/web/src'),
      );
    expect(service).toEqual([]);
  });
});
