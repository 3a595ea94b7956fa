import { STATUS } from '../../src/api/http/problem';
import { ERRORS, REQUEST_ERRORS } from '../../src/domain/shared/error-codes';

export const ERRORS_FILE = 'docs/errors.md';

const row = (code: string, status: string, meaning: string, since: string): string =>
  `| \`${code}\` | ${status} | ${meaning} | ${since} |`;

/** The page of all error codes as it is kept in the repository. */
export function errorsText(): string {
  const domain = Object.entries(ERRORS).map(([code, e]) =>
    row(code, `${STATUS[e.kind]} ${e.kind}`, e.meaning, e.since),
  );
  const request = Object.entries(REQUEST_ERRORS).map(([code, e]) =>
    row(code, e.status.join(' or '), e.meaning, e.since),
  );
  const head = ['| code | status | meaning | since |', '|---|---|---|---|'];
  return [
    '# Error codes',
    '',
    'Every refusal is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)); its `code` is one of these and',
    'does not change. This page is made from `src/domain/shared/error-codes.ts` by `npm run openapi`.',
    '',
    '## Of an operation',
    '',
    ...head,
    ...domain.toSorted(),
    '',
    '## Of a request that reached none',
    '',
    ...head,
    ...request.toSorted(),
    '',
  ].join('\n');
}
