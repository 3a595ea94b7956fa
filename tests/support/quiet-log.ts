import { inspect } from 'node:util';
import type { Log } from '../../src/application/shared/log';

export interface RememberingLog extends Log {
  /** Every line so far, with its fields. */
  readonly lines: string[];
}

/** A log for tests: keeps what was said, shows nothing. */
export function rememberingLog(): RememberingLog {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push(`${level} ${message} ${inspect(fields, { depth: 5, breakLength: Infinity })}`);
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}
