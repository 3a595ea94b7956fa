import { houseFigures, importerCounts, lonelyInterfaces } from './house-figures';

/** Files that each context built after the house may have, beside the 340 of what was there: docs/adr/0023. */
const ADDED_CONTEXTS = { detection: 40, nodes: 14 };

const file = (name: string, text: string) => ({ name, text });

describe('the house', () => {
  const figures = houseFigures();

  it('has no more files than a newcomer can hold in the head', () => {
    expect(figures.files).toBeGreaterThan(250);
    expect(figures.files).toBeLessThanOrEqual(340 + Object.values(ADDED_CONTEXTS).reduce((a, b) => a + b, 0));
  });

  it("has few files that one other file alone imports: a helper with one user lives in its user's file", () => {
    expect(figures.importedOnce.length).toBeGreaterThan(20);
    expect(figures.importedOnce.length).toBeLessThanOrEqual(80);
  });

  it('has no interface that one class implements and nothing stands in for', () => {
    const reasons = {
      // Carried out a second time by what a function returns, in the source or in a test.
      CameraControlPort: 'ControlRelay.over',
      CameraDirectory: 'the records without database',
      FrameSink: 'the tests of the decoder',
      Gate: 'the tests of the HTTP side',
      Queryable: 'queryableOf',
      // The application may not know YAML.
      ConfigFormat: 'the layers',
    };
    expect(figures.lonelyInterfaces.filter((name) => !Object.hasOwn(reasons, name))).toEqual([]);
  });
});

describe('the figures of the house', () => {
  it('count who imports a file, once each', () => {
    const files = [
      file('src/a.ts', `import { b } from './x/b';\nimport type { C } from './x/b';\n`),
      file('src/x/b.ts', `import { c } from './c';\n`),
      file('src/x/c.ts', ''),
    ];
    expect([...importerCounts(files)]).toEqual([
      ['src/a.ts', 0],
      ['src/x/b.ts', 1],
      ['src/x/c.ts', 1],
    ]);
  });

  it('find an interface of behaviour with one class, not one of data or with a fake', () => {
    const port = (name: string) => `export interface ${name} {\n  find(id: string): string;\n}\n`;
    const source = [
      file(
        'src/a.ts',
        `${port('Lonely')}${port('Faked')}${port('Twice')}export interface Data {\n  readonly a: string;\n}\n`,
      ),
      file(
        'src/b.ts',
        'class A implements Lonely {}\nclass B implements Faked, Twice {}\nclass C implements Twice, Data {}\n',
      ),
    ];
    const tests = [file('tests/f.ts', 'export class Fake implements Faked {}\n')];
    expect(lonelyInterfaces(source, tests)).toEqual(['Lonely']);
  });
});
