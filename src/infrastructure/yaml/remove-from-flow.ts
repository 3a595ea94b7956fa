import type { Span } from './located-node';
import type { Splice } from './splice';
import { isBlank, skipTrivia } from './text-lines';

/** Removes entries of a flow list or map together with the commas that separated them; comments stay. */
export function removeFromFlow(
  text: string,
  entries: readonly Span[],
  isRemoved: (index: number) => boolean,
): Splice[] {
  const lastKept = entries.reduce((last, _, index) => (isRemoved(index) ? last : index), -1);
  const last = entries.at(-1);
  const commaEndsList = last !== undefined && commaAfter(text, last) !== undefined;
  return entries.flatMap((entry, index) => {
    if (!isRemoved(index)) return [];
    const before = entries[index - 1];
    return index < lastKept || commaEndsList || !before
      ? cutWithCommaAfter(text, entry, entries[index + 1], index < lastKept || commaEndsList)
      : cutWithCommaBefore(text, entry, before);
  });
}

function cutWithCommaAfter(text: string, entry: Span, next: Span | undefined, hasComma: boolean): Splice[] {
  const comma = hasComma ? commaAfter(text, entry) : undefined;
  if (comma === undefined) return [cut(entry.start, entry.end)];
  return [cut(entry.start, next && isBlank(text.slice(comma + 1, next.start)) ? next.start : comma + 1)];
}

function cutWithCommaBefore(text: string, entry: Span, before: Span): Splice[] {
  const comma = commaAfter(text, before) ?? entry.start;
  return isBlank(text.slice(comma + 1, entry.start))
    ? [cut(comma, entry.end)]
    : [cut(comma, comma + 1), cut(entry.start, entry.end)];
}

function commaAfter(text: string, entry: Span): number | undefined {
  const at = skipTrivia(text, entry.end);
  return text[at] === ',' ? at : undefined;
}

const cut = (start: number, end: number): Splice => ({ start, end, text: '' });
