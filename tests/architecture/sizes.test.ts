import { type SourceFile, read, sourceFiles } from './source-files';

describe('the source', () => {
  let files: readonly SourceFile[];
  beforeAll(() => {
    files = [...sourceFiles('src'), ...sourceFiles('packages/embedded-postgres/src'), ...sourceFiles('web/src')];
  });

  it('has no file over 300 lines', () => {
    expect(files.filter((f) => f.lines > 300).map((f) => `${f.name}: ${f.lines} lines`)).toEqual([]);
  });

  it('has no function over 50 lines', () => {
    const long = files.flatMap((f) => f.functions).filter((f) => f.lines > 50);
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

  it('finds an import inside a type', () => {
    expect(read('a.ts', `export type A = import('./b').B;\n`).inlineImports).toBe(1);
    expect(read('a.ts', `import type { B } from './b';\nexport type A = B;\n`).inlineImports).toBe(0);
  });
});
