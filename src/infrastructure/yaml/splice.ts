import { notEditable } from './not-editable';
import type { Offset } from './text-lines';

/** Replaces the stretch from `start` to `end` (end-exclusive; the same for an insertion) by `text`. */
export interface Splice {
  readonly start: Offset;
  readonly end: Offset;
  readonly text: string;
}

/** Insertions at one place keep the order they are given in. @throws DomainError if two of them overlap */
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
