import { readFileSync } from 'node:fs';
import { ERRORS_FILE, errorsText } from './errors-document';
import { sourceFiles } from './source-files';

/** Every refusal that the source makes, with its arguments. */
const refusals = (): { readonly file: string; readonly call: string }[] =>
  sourceFiles('src').flatMap(({ name: file }) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/new (?:DomainError|Unavailable)\(/g)].map(({ index, 0: { length } }) => {
      let depth = 1;
      let end = index + length;
      for (; depth > 0 && end < text.length; end++) depth += { '(': 1, ')': -1 }[text.charAt(end)] ?? 0;
      return { file, call: text.slice(index, end) };
    });
  });

describe('the error codes', () => {
  it('come with what their sentence names, so that a client can say it in another language', () => {
    const all = refusals();
    expect(all.length).toBeGreaterThan(50);
    // The noun of a configuration is part of the code, and faults have places and limits of their own.
    const named = /\$\{(?!this\.kind\.noun|this\.noun|noun|code\b)/;
    const silent = all.filter(
      ({ call }) => named.test(call) && !/\bparams\b|\bfaults\b|(?:error|undefined|cause),\s*\{/.test(call),
    );
    expect(silent).toEqual([]);
  });

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
