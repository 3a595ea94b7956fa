/** The code of a system or database error (`ENOENT`, `57P03`), empty for any other. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
