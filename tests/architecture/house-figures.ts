import path from 'node:path';
import { textsIn, unmadeClasses } from './unit-tested-classes';

interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** How many files of the source import each file of it. */
export function importerCounts(files: readonly SourceText[]): ReadonlyMap<string, number> {
  const importers = new Map(files.map(({ name }) => [name, new Set<string>()]));
  for (const { name, text } of files)
    for (const [, to = ''] of text.matchAll(/(?:from|import) '(\.[^']+)'/g))
      importers.get(`${path.join(path.dirname(name), to)}.ts`)?.add(name);
  return new Map([...importers].map(([name, by]) => [name, by.size]));
}

/**
 * Interfaces of behaviour, not of data, that one class of the source implements and no class of the tests: they promise an exchange that nobody
 * makes. The class is the type then.
 */
export function lonelyInterfaces(source: readonly SourceText[], tests: readonly SourceText[]): string[] {
  const declared = new Set(
    source.flatMap(({ text }) =>
      [...text.matchAll(/^export interface (\w+)[^{]*\{\n(.*?)^\}/gms)]
        .filter(([, , body = '']) => /^  (readonly )?\w+(<[^>]*>)?(\(|: \()/m.test(body))
        .map(([, name = '']) => name),
    ),
  );
  const inSource = implementers(source);
  const inTests = implementers(tests);
  return [...inSource].filter(([name, n]) => declared.has(name) && n === 1 && !inTests.has(name)).map(([name]) => name);
}

function implementers(files: readonly SourceText[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of files)
    for (const [, list = ''] of text.matchAll(/^(?:export )?class [^{]*?\bimplements ([^{]+)\{/gm))
      for (const [, name = ''] of list.replaceAll(/<[^>]*>/g, '').matchAll(/(\w+)/g))
        counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What the plan of the house counts, of the source as it is now; npm runs its scripts, and jest its tests, in the project's folder. */
export function houseFigures(root = '.') {
  const [source, unit, support, tests] = ['src', 'tests/unit', 'tests/support', 'tests'].map((folder) =>
    textsIn(root, folder),
  ) as [SourceText[], SourceText[], SourceText[], SourceText[]];
  const application = source.filter(({ name }) => name.startsWith('src/application/'));
  const importers = importerCounts(source);
  return {
    files: source.length,
    lines: source.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0),
    importedOnce: [...importers].filter(([, n]) => n === 1).map(([name]) => name),
    lonelyInterfaces: lonelyInterfaces(source, tests),
    applicationClasses: application.reduce((n, { text }) => n + [...text.matchAll(/^export class /gm)].length, 0),
    untestedClasses: unmadeClasses(application, unit, support),
  };
}
