import type { Pair, Span } from './located-node';
import { type Splice, isBlank, isFirstInLine, lineEnd, lineStart, nextLine, skipTrivia } from './text-lines';

/** Removes pairs of a block map with their lines; comments in lines of their own stay. */
export function removeFromBlock(text: string, pairs: readonly Pair[], removed: ReadonlySet<Pair>): Splice[] {
  const firstKept = pairs.find((pair) => !removed.has(pair));
  const first = pairs[0];
  const sharesDashLine = first !== undefined && !isFirstInLine(text, first.start);
  if (!sharesDashLine || !firstKept || firstKept === first) return [...removed].map((pair) => cutLines(text, pair));
  const leading = pairs.slice(0, pairs.indexOf(firstKept));
  const lastLine = nextLine(text, leading.at(-1)?.end ?? first.end);
  // A comment above the next key stays in front of it, the dash then stands alone in its line.
  const end = isBlank(text.slice(lastLine, firstKept.start))
    ? firstKept.start
    : lineEnd(text, leading.at(-1)?.end ?? first.end);
  const rest = [...removed].filter((pair) => !leading.includes(pair));
  return [{ start: first.start, end, text: '' }, ...rest.map((pair) => cutLines(text, pair))];
}

/** The lines from the start of a pair or item to its end, with the comment behind it. */
export const cutLines = (text: string, part: Span): Splice => ({
  start: lineStart(text, part.start),
  end: nextLine(text, part.end),
  text: '',
});

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
