import type { CameraFields } from '../../domain/cameras/camera-rules';
import { type Json, type JsonObject, isJsonObject, sameJson } from '../../domain/shared/json';
import type { CameraList } from './camera-entry';
import { type ListNode, type MapNode, type Pair, type Span, isMergeKey } from './located-node';
import { renderPair, replaceValue } from './replace-value';
import {
  type Splice,
  columnOf,
  isBlank,
  isFirstInLine,
  lineBreakOf,
  lineEnd,
  lineStart,
  nextLine,
  notEditable,
  skipTrivia,
} from './text-lines';
import type { YamlDocument } from './yaml-document';

/** Removes pairs of a block map with their lines; comments in lines of their own stay. */
function removeFromBlock(text: string, pairs: readonly Pair[], removed: ReadonlySet<Pair>): Splice[] {
  const firstKept = pairs.find((pair) => !removed.has(pair));
  const first = pairs[0];
  const sharesDashLine = first !== undefined && !isFirstInLine(text, first.start);
  if (!sharesDashLine || !firstKept || firstKept === first) return [...removed].map((pair) => cutLines(text, pair));
  const leading = pairs.slice(0, pairs.indexOf(firstKept));
  const lastLine = nextLine(text, leading.at(-1)?.end ?? first.end);
  // A comment above the next key stays in front of it; then the dash stands alone in its line.
  const end = isBlank(text.slice(lastLine, firstKept.start))
    ? firstKept.start
    : lineEnd(text, leading.at(-1)?.end ?? first.end);
  const rest = [...removed].filter((pair) => !leading.includes(pair));
  return [{ start: first.start, end, text: '' }, ...rest.map((pair) => cutLines(text, pair))];
}

/** The lines from the start of a pair or item to its end, with the comment behind it. */
const cutLines = (text: string, part: Span): Splice => ({
  start: lineStart(text, part.start),
  end: nextLine(text, part.end),
  text: '',
});

/** Removes entries of a flow list or map together with the commas that separated them; comments stay. */
function removeFromFlow(text: string, entries: readonly Span[], isRemoved: (index: number) => boolean): Splice[] {
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

const own = (value: JsonObject, key: string): Json | undefined => (Object.hasOwn(value, key) ? value[key] : undefined);

/** Makes a map that reads as `before` read as `after`, changing only what differs. @throws DomainError */
export function editMap(document: YamlDocument, map: MapNode, before: JsonObject, after: JsonObject): Splice[] {
  const pairs = new Map(map.pairs.filter(({ key }) => !isMergeKey(key)).map((pair) => [pair.key.text, pair]));
  const isGone = (key: string) => !Object.hasOwn(after, key);
  const removed = new Set([...pairs.values()].filter(({ key }) => isGone(key.text) && Object.hasOwn(before, key.text)));
  // An inherited member cannot be removed alone: the merge keys are removed, and the rest of what they gave is written
  // out.
  const isDissolved = Object.keys(before).some((key) => isGone(key) && !pairs.has(key));
  if (isDissolved) for (const pair of map.pairs) if (isMergeKey(pair.key)) removed.add(pair);
  if (removed.size === map.pairs.length) throw notEditable();
  const replaced: Splice[] = [];
  const added: [string, Json][] = [];
  for (const [key, value] of Object.entries(after)) {
    const pair = pairs.get(key);
    const old = own(before, key);
    if (!pair && (isDissolved || !sameJson(old, value))) added.push([key, value]);
    if (pair && !sameJson(old, value)) replaced.push(...editPair(document, map, pair, old, value));
  }
  const removals = map.flow
    ? removeFromFlow(document.text, map.pairs, (index) => isIn(removed, map.pairs[index]))
    : removeFromBlock(document.text, map.pairs, removed);
  // Insertions come last: one into a nested map belongs before one into this map at the same place.
  return [...replaced, ...removals, ...insertPairs(document.text, map, removed, added)];
}

const isIn = (set: ReadonlySet<Pair>, pair: Pair | undefined): boolean => pair !== undefined && set.has(pair);

function editPair(document: YamlDocument, map: MapNode, pair: Pair, before: Json | undefined, after: Json): Splice[] {
  const inner = pair.value;
  const isPartial =
    inner.kind === 'map' && isJsonObject(after) && inner.pairs.some(({ key }) => Object.hasOwn(after, key.text));
  return isPartial && isJsonObject(before)
    ? editMap(document, inner, before, after)
    : replaceValue(document, pair, after, map.flow);
}

function insertPairs(
  text: string,
  map: MapNode,
  removed: ReadonlySet<Pair>,
  added: readonly [string, Json][],
): Splice[] {
  if (added.length === 0) return [];
  if (map.flow) {
    const last = map.pairs.filter((pair) => !removed.has(pair)).at(-1);
    const rendered = added.map(([key, value]) => renderPair(key, value, true)).join(', ');
    const at = last ? last.end : map.content + 1;
    return [{ start: at, end: at, text: last ? `, ${rendered}` : rendered }];
  }
  const indent = ' '.repeat(columnOf(text, map.content));
  const lines = added.map(([key, value]) => indent + renderPair(key, value, false));
  return [insertLines(text, map.end, lines)];
}

/** Whole lines behind the line a node ends in, with the line breaks of the file. */
function insertLines(text: string, behind: number, lines: readonly string[]): Splice {
  const lineBreak = lineBreakOf(text);
  const at = nextLine(text, behind);
  const block = lines.join(lineBreak);
  const isUnfinished = lineEnd(text, behind) === text.length;
  return { start: at, end: at, text: isUnfinished ? lineBreak + block : block + lineBreak };
}

/** Removes items and appends others; comments stay where they are. */
export function editList(
  text: string,
  { pair, list, inFlow }: CameraList,
  isRemoved: (index: number) => boolean,
  added: readonly CameraFields[],
): Splice[] {
  if (list.flow && (list.items.length > 0 || inFlow)) {
    return [...removeFromFlow(text, list.items, isRemoved), ...addToFlow(text, list, isRemoved, added)];
  }
  if (list.flow) return added.length === 0 ? [] : startBlock(text, pair, list, added);
  const kept = list.items.some((_, index) => !isRemoved(index));
  const removals = list.items.flatMap((item, index) => (isRemoved(index) ? [cutItem(text, item)] : []));
  if (kept || added.length > 0) return [...removals, ...addToBlock(text, list, added)];
  const at = list.anchor?.end ?? pair.colonEnd ?? list.start;
  return [{ start: at, end: at, text: ' []' }, ...removals];
}

/** With the blank lines above, which separate it: adding and removing an item restores the text. */
function cutItem(text: string, item: Span): Splice {
  const cut = cutLines(text, item);
  let { start } = cut;
  for (let above = start; above > 0; ) {
    above = lineStart(text, text.startsWith('\r\n', above - 2) ? above - 2 : above - 1);
    if (above === start || !isBlank(text.slice(above, start))) break;
    start = above;
  }
  return { ...cut, start };
}

/** The identifying keys of a camera come first, the others as given. */
function ordered({ id, name, source, ...rest }: CameraFields): [string, Json][] {
  return Object.entries({ id, name, source, ...rest }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
}

const flowItem = (fields: CameraFields): string =>
  `{${ordered(fields)
    .map(([name, value]) => renderPair(name, value, true))
    .join(', ')}}`;

function blockItem(fields: CameraFields, dash: string, indent: string): string[] {
  return ordered(fields).map(([name, value], i) => (i === 0 ? dash : indent) + renderPair(name, value, false));
}

function addToFlow(
  text: string,
  list: ListNode,
  isRemoved: (index: number) => boolean,
  added: readonly CameraFields[],
): Splice[] {
  if (added.length === 0) return [];
  const last = list.items.filter((_, index) => !isRemoved(index)).at(-1);
  const at = last?.end ?? list.content + 1;
  const ownLine = last !== undefined && isFirstInLine(text, last.start);
  const gap = ownLine ? lineBreakOf(text) + text.slice(lineStart(text, last.start), last.start) : ' ';
  const items = added.map(flowItem).join(`,${gap}`);
  return [{ start: at, end: at, text: last ? `,${gap}${items}` : items }];
}

/** `cameras: []` becomes a list in lines; what stands behind the brackets stays. */
function startBlock(text: string, pair: Pair, list: ListNode, added: readonly CameraFields[]): Splice[] {
  const dash = ' '.repeat(columnOf(text, pair.start) + 2);
  const lines = added.flatMap((fields) => blockItem(fields, `${dash}- `, `${dash}  `));
  const isSpaced = isBlank(text[list.content - 1] ?? '') && isBlank(text.slice(pair.colonEnd, list.content));
  const start = isSpaced ? (pair.colonEnd ?? list.content) : list.content;
  return [{ start, end: list.end, text: '' }, insertLines(text, list.end, lines)];
}

function addToBlock(text: string, list: ListNode, added: readonly CameraFields[]): Splice[] {
  const last = list.items.at(-1);
  const before = list.items.at(-2);
  if (!last || added.length === 0) return [];
  const between = before ? text.slice(nextLine(text, before.end), lineStart(text, last.start)) : '';
  const isSpaced =
    /^[ \t]*(?:\r|\n)/m.test(between) && !isBlank(text.slice(lineStart(text, last.end), lineEnd(text, last.end)));
  const margin = text.slice(lineStart(text, last.start), last.start);
  const { node } = last;
  const isCompact = node.kind === 'map' && !node.flow && !isFirstInLine(text, node.content);
  const gap = isCompact ? columnOf(text, node.content) - columnOf(text, last.start) - 1 : 1;
  const lines = added.flatMap((fields) => {
    const body =
      node.kind === 'map' && node.flow
        ? [`${margin}- ${flowItem(fields)}`]
        : blockItem(fields, `${margin}-${' '.repeat(gap)}`, `${margin} ${' '.repeat(gap)}`);
    return isSpaced ? ['', ...body] : body;
  });
  return [insertLines(text, last.end, lines)];
}
