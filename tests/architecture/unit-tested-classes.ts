import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** Every TypeScript file of a folder, by its path from `root`. */
export const textsIn = (root: string, folder: string): SourceText[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name))
    .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));

/** The files of `texts` that some of them import, directly or through others. */
export function reached(texts: readonly SourceText[], from: readonly SourceText[]): SourceText[] {
  const byName = new Map(texts.map((file) => [file.name, file]));
  const found = new Set(from);
  for (const { name, text } of found)
    for (const [, to = ''] of text.matchAll(/ from '(\.[^']+)'/g)) {
      const file = byName.get(`${path.join(path.dirname(name), to)}.ts`);
      if (file) found.add(file);
    }
  return [...found];
}

/**
 * Classes that the application layer exports and that no unit test makes, neither itself nor by what it imports of
 * `support`. Made is what follows `new`, or what a static method of the class answers.
 */
export function unmadeClasses(
  application: readonly SourceText[],
  unit: readonly SourceText[],
  support: readonly SourceText[],
): string[] {
  const tests = reached([...unit, ...support], unit)
    .map(({ text }) => text)
    .join('\n');
  const classes = application.flatMap(({ name, text }) =>
    [...text.matchAll(/^export (?:abstract )?class (\w+)/gm)].map(([, className = '']) => ({ name, className })),
  );
  return classes
    .filter(({ className }) => !new RegExp(`\\bnew ${className}\\b|\\b${className}\\.\\w+\\(`).test(tests))
    .map(({ name, className }) => `${className} (${name})`)
    .sort();
}
