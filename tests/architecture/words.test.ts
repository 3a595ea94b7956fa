import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './dependency-cruise';
import { sourceFiles } from './source-files';

const EXPORTED = /^export (?:abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

/** `tellAlerts` and `NOTHING_TOLD` are the words tell, alerts and nothing, told. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');

const sources = [...sourceFiles('src'), ...sourceFiles('packages/embedded-postgres/src')];
const names = sources.flatMap(({ name }) =>
  [...readFileSync(path.join(ROOT, name), 'utf8').matchAll(EXPORTED)].map(([, exported = '']) => ({ name, exported })),
);

/** The list of the glossary: single words, and `settle` where it is not said of a delivery. */
function retired(): ReadonlySet<string> {
  const page = readFileSync(path.join(ROOT, 'docs/glossary.md'), 'utf8');
  const text = page.slice(page.indexOf('## Retired')).split('\n').slice(1).join(' ').split(';')[0] ?? '';
  return new Set(text.split(',').map((word) => word.trim()));
}

describe('exported names', () => {
  it('use no word that the glossary retired', () => {
    const words = retired();
    expect(words.size).toBeGreaterThan(15);
    const found = names.filter(({ exported }) => wordsOf(exported).some((word) => words.has(word)));
    expect(found.map(({ name, exported }) => `${exported} in ${name}`)).toEqual([]);
  });

  it('say settle of deliveries only', () => {
    const found = names.filter(({ exported }) => wordsOf(exported).some((word) => word.startsWith('settl')));
    expect(found.filter(({ name }) => !name.includes('deliver')).map(({ exported }) => exported)).toEqual([]);
  });

  it('have one meaning each', () => {
    const counts = new Map<string, Set<string>>();
    for (const { name, exported } of names) counts.set(exported, (counts.get(exported) ?? new Set()).add(name));
    const twice = [...counts].filter(([, files]) => files.size > 1);
    expect(twice.map(([exported, files]) => `${exported}: ${[...files].join(', ')}`)).toEqual([]);
  });

  it('are found, and cut into words', () => {
    expect(names.length).toBeGreaterThan(700);
    expect(wordsOf('tellAlerts')).toEqual(['tell', 'alerts']);
    expect(wordsOf('NOTHING_TOLD')).toEqual(['nothing', 'told']);
  });
});
