import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERRORS, REQUEST_ERRORS } from '../../src/domain/shared/error-codes';
import { ROOT } from './dependency-cruise';

it('every error of the service has its meaning in Chinese, and nothing else has', () => {
  const text = readFileSync(path.join(ROOT, 'web/src/i18n/problem-words.ts'), 'utf8');
  const translated = [...text.matchAll(/^ {2}'?([a-z_]+(?:\.[a-z_]+)?)'?: '([^']+)',$/gm)].map(([, code]) => code);
  expect(new Set(translated)).toEqual(new Set([...Object.keys(ERRORS), ...Object.keys(REQUEST_ERRORS)]));
});
