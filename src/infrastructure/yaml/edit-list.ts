import type { CameraFields } from '../../domain/cameras/camera-rules';
import type { Json } from '../../domain/shared/json';
import type { CameraList } from './camera-entry';
import { insertLines } from './edit-map';
import type { ListNode, Pair, Span } from './located-node';
import { cutLines, removeFromFlow } from './removal';
import { renderPair } from './replace-value';
import { type Splice, columnOf, isBlank, isFirstInLine, lineBreakOf, lineEnd, lineStart, nextLine } from './text-lines';

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

/** With the blank lines above, which set it apart: adding and removing an item leaves the text as it was. */
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

/** What makes a camera comes first, the rest as given. */
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
