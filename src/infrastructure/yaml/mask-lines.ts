import { MASK, maskAddress, maskField } from '../../domain/cameras/camera-secrets';

/** A name that may be a key. The look-behind keeps long words from being tried at each of their letters. */
const KEY = /(?<![\w-])([\w-]{1,100})["']?\s*[:=]/g;

export const isSecretKey = (name: string): boolean => maskField(name, 'x') === MASK;

/** The end of the first secret-looking key, if the line has one. */
function secretKeyEnd(line: string): number | undefined {
  for (const found of line.matchAll(KEY)) {
    if (isSecretKey(found[1] ?? '')) return found.index + found[0].length;
  }
  return undefined;
}

/**
 * Masks what is not YAML (any more), line by line: comments, or a file with a syntax error. Rather too much than too
 * little: what follows a secret-looking key is hidden to the end of the line, and so are deeper lines below it.
 */
export function maskLines(lines: readonly string[]): string[] {
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return lines.map((line) => {
    const indent = /^[\s#-]*/.exec(line)?.[0].length ?? 0;
    if (indent === line.length) return line;
    if (indent > hiddenBelow) return line.slice(0, indent) + MASK;
    const end = secretKeyEnd(line);
    hiddenBelow = end === undefined ? Number.POSITIVE_INFINITY : indent;
    if (end === undefined) return maskAddress(line);
    const value = line.slice(end).trim() === '' ? '' : ` '${MASK}'`;
    return maskAddress(line.slice(0, end)) + value;
  });
}
