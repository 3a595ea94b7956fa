import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ERRORS, REQUEST_ERRORS } from '../../src/domain/shared/error-codes';
import { ROOT } from './dependency-cruise';

/** The keys of the one dictionary of a file of Chinese sentences. */
function translated(file: string): Set<string> {
  const text = readFileSync(path.join(ROOT, 'web/src/i18n', file), 'utf8');
  return new Set([...text.matchAll(/^ {2}'?([a-z_]+(?:\.[a-z_]+)?)'?: '([^']+)',$/gm)].map(([, code = '']) => code));
}

it('every error of the service has its meaning in Chinese, and nothing else has', () => {
  expect(translated('problem-words.ts')).toEqual(new Set([...Object.keys(ERRORS), ...Object.keys(REQUEST_ERRORS)]));
});

/** Types of faults as they are written in the source: beside a sentence, in a call, or in the table of the rules of fields. */
function typesInSource(): Set<string> {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((f) =>
    f.endsWith('.ts'),
  );
  const found = files.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, 'src', file), 'utf8');
    const beside = /\btype: '([a-z_]+)',?\s+(?:message|msg)\b|\b(?:message|msg)\b[^\n]*,\s+type: '([a-z_]+)'/g;
    const rules = file === 'api/http/read-input.ts' ? /^ {2}\w+: '([a-z_]+)',$/gm : /(?!)/g;
    return [beside, /\bfault\(\s*'([a-z_]+)'/g, rules].flatMap((re) =>
      [...text.matchAll(re)].map(([, one, other]) => one ?? other ?? ''),
    );
  });
  return new Set(found);
}

it('every type of fault has its meaning in Chinese', () => {
  const types = typesInSource();
  expect(types.size).toBeGreaterThan(20);
  const chinese = translated('fault-words.ts');
  expect([...types].filter((type) => !chinese.has(type))).toEqual([]);
});
