import { read, type SourceFile, sourceFiles } from './source-files';

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.ceil(sorted.length * q) - 1] ?? 0;

describe('the source', () => {
  let files: readonly SourceFile[];
  beforeAll(() => {
    files = sourceFiles('src');
  });

  it('has no file over 250 lines', () => {
    expect(files.filter((f) => f.lines > 250).map((f) => `${f.name}: ${f.lines} lines`)).toEqual([]);
  });

  it('has at most 50 lines of code in the median file, and over 120 in at most a tenth of them', () => {
    const sizes = files.map((f) => f.code).sort((a, b) => a - b);
    expect(quantile(sizes, 0.5)).toBeLessThanOrEqual(50);
    expect(quantile(sizes, 0.9)).toBeLessThanOrEqual(120);
  });

  it('has no function over 40 lines', () => {
    const long = files.flatMap((f) => f.functions).filter((f) => f.lines > 40);
    expect(long.map((f) => `${f.name} (${f.lines} lines)`)).toEqual([]);
  });

  // dependency-cruiser with SWC does not see them, so they would be a way around the rules.
  it('has no import inside a type', () => {
    expect(files.filter((f) => f.inlineImports > 0).map((f) => f.name)).toEqual([]);
  });
});

describe('the measure', () => {
  const long = (lines: number) => `(a: string) => {\n${'  f(a);\n'.repeat(lines - 2)}}`;

  it.each([
    ['a function', `export function f() {\n${'  g();\n'.repeat(40)}}\n`, [42]],
    ['an arrow function', `export const f = ${long(41)};\n`, [41]],
    [
      'a method, a getter and a constructor',
      'class A {\n  m() {\n  }\n  get x() {\n\n    return 1;\n  }\n  constructor() {}\n}\n',
      [2, 4, 1],
    ],
    ['a function in a function', `function f() {\n  return ${long(5)};\n}\n`, [7, 5]],
    ['a function after text of several bytes per letter', `// 摄像头\nconst a = 'ä';\nfunction f() {\n}\n`, [2]],
  ])('counts the lines of %s', (_, text, lines) => {
    expect(read('a.ts', text).functions.map((f) => f.lines)).toEqual(lines);
  });

  it('counts neither blank lines nor comments nor imports as code', () => {
    const text = `import a from 'a';\nimport {\n  b,\n} from 'b';\n\n/**\n * Why.\n */\n// Why.\nf(a); // Why.\ng(\n  b,\n);\n`;
    expect(read('a.ts', text)).toMatchObject({ lines: 13, code: 4 });
  });

  it('finds an import inside a type', () => {
    expect(read('a.ts', `export type A = import('./b').B;\n`).inlineImports).toBe(1);
    expect(read('a.ts', `import type { B } from './b';\nexport type A = B;\n`).inlineImports).toBe(0);
  });
});
