import { readFileSync } from 'node:fs';
import { ERRORS_FILE, errorsText } from './errors-document';
import { sourceFiles } from './source-files';

describe('the error codes', () => {
  it('are all described in docs/errors.md, which is made by `npm run openapi`', () => {
    expect(readFileSync(ERRORS_FILE, 'utf8')).toBe(errorsText());
  });

  it('are each used by the source, so that none is described that nobody meets', () => {
    const text = sourceFiles('src')
      .filter(({ name }) => !name.endsWith('error-codes.ts'))
      .map(({ name }) => readFileSync(name, 'utf8'))
      .join('\n');
    const codes = [...errorsText().matchAll(/^\| `([\w.]+)`/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(60);
    // Codes of a configuration are made of its noun: `${noun}_config.busy`.
    const isMade = (code: string) =>
      text.includes(`}${code.replace(/^(camera|region)/, '')}\``) || text.includes(`'${code.split('_config.')[1]}'`);
    expect(codes.filter((code) => !text.includes(`'${code}'`) && !isMade(code))).toEqual([]);
  });
});
