import type { Pair, Span } from './located-node';
import type { Splice } from './splice';
import { isBlank, isFirstInLine, lineEnd, lineStart, nextLine } from './text-lines';

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
