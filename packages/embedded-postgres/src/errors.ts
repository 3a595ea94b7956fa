import { types } from 'node:util';

/** `instanceof` does not know an error from another realm, such as those node raises under jest. */
const isError = (error: unknown): error is Error => error instanceof Error || types.isNativeError(error);

/** The code of a system or database error (`ENOENT`, `57P03`), empty for any other. */
export const codeOf = (error: unknown): string =>
  isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));
