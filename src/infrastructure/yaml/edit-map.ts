import { type Json, type JsonObject, isJsonObject, sameJson } from '../../domain/shared/json';
import { type MapNode, type Pair, isMergeKey } from './located-node';
import { removeFromBlock, removeFromFlow } from './removal';
import { renderPair, replaceValue } from './replace-value';
import { type Splice, columnOf, lineBreakOf, lineEnd, nextLine, notEditable } from './text-lines';
import type { YamlDocument } from './yaml-document';

const own = (value: JsonObject, key: string): Json | undefined => (Object.hasOwn(value, key) ? value[key] : undefined);

/** Makes a map that reads as `before` read as `after`, touching only what differs. @throws DomainError */
export function editMap(document: YamlDocument, map: MapNode, before: JsonObject, after: JsonObject): Splice[] {
  const pairs = new Map(map.pairs.filter(({ key }) => !isMergeKey(key)).map((pair) => [pair.key.text, pair]));
  const isGone = (key: string) => !Object.hasOwn(after, key);
  const removed = new Set([...pairs.values()].filter(({ key }) => isGone(key.text) && Object.hasOwn(before, key.text)));
  // What is inherited cannot be removed alone: the merge keys go, and the rest of what they gave is written out.
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
export function insertLines(text: string, behind: number, lines: readonly string[]): Splice {
  const lineBreak = lineBreakOf(text);
  const at = nextLine(text, behind);
  const block = lines.join(lineBreak);
  const isUnfinished = lineEnd(text, behind) === text.length;
  return { start: at, end: at, text: isUnfinished ? lineBreak + block : block + lineBreak };
}
