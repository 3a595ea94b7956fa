import { DomainError } from '../../domain/shared/domain-error';

const BY_HAND =
  'This change cannot be made in the camera file without disturbing other settings; edit the file by hand.';

export const notEditable = (message = BY_HAND): DomainError => new DomainError('camera_config.not_editable', message);

/** 0-based position of a character in a text, in UTF-16 units, as the parser counts. */
export type Offset = number;

/** Behind whitespace, line breaks and comments: where the next token starts. */
export function skipTrivia(text: string, from: Offset, also = ''): Offset {
  let at = from;
  for (;;) {
    const c = text[at];
    if (c === '#') at = lineEnd(text, at);
    else if (c !== undefined && (' \t\r\n\uFEFF'.includes(c) || also.includes(c))) at += 1;
    else return at;
  }
}

const isBreak = (c: string | undefined): boolean => c === '\n' || c === '\r';

export function lineStart(text: string, at: Offset): Offset {
  let start = at;
  while (start > 0 && !isBreak(text[start - 1])) start -= 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** The end of the line's content: its line break is not included. */
export function lineEnd(text: string, at: Offset): Offset {
  let end = at;
  while (end < text.length && !isBreak(text[end])) end += 1;
  return end;
}

/** The start of the following line, or the end of the text. */
export function nextLine(text: string, at: Offset): Offset {
  const end = lineEnd(text, at);
  if (end === text.length) return end;
  return text.startsWith('\r\n', end) ? end + 2 : end + 1;
}

export const isBlank = (text: string): boolean => /^[ \t\r\n\uFEFF]*$/.test(text);

/** Whether nothing but indentation stands before this position in its line. */
export const isFirstInLine = (text: string, at: Offset): boolean => isBlank(text.slice(lineStart(text, at), at));

export const columnOf = (text: string, at: Offset): number => at - lineStart(text, at);

/** The line break the file uses (its first one). */
export const lineBreakOf = (text: string): string => /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';

/** Finds 1-based lines and columns; a byte order mark takes no column. */
export function positionsIn(text: string): (at: Offset) => { line: number; column: number } {
  const starts = [text.startsWith('\uFEFF') ? 1 : 0];
  for (const found of text.matchAll(/\r\n|\n|\r/g)) starts.push(found.index + found[0].length);
  return (at) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, at - (starts[low] ?? 0)) + 1 };
  };
}

/** Replaces the range from `start` to `end` (end-exclusive; the same for an insertion) by `text`. */
export interface Splice {
  readonly start: Offset;
  readonly end: Offset;
  readonly text: string;
}

/** Insertions at one place keep the given order. @throws DomainError if two of them overlap */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const splice of ordered) {
    if (splice.start < at) throw notEditable();
    parts.push(text.slice(at, splice.start), splice.text);
    at = splice.end;
  }
  return parts.join('') + text.slice(at);
}
