import { isJsonObject, type Json, type JsonObject, sameJson } from '../../domain/shared/json';
import { isMergeKey, type MapNode, type Pair } from './located-node';
import { notEditable } from './not-editable';
import { removeFromFlow } from './remove-from-flow';
import { renderKey, renderPair, renderValue } from './render-value';
import { replaceValue } from './replace-value';
import type { Splice } from './splice';
import { columnOf, isBlank, isFirstInLine, lineBreakOf, lineEnd, lineStart, nextLine } from './text-lines';
import type { YamlDocument } from './yaml-document';

/** One key of a map that gets another value; absent ones are `undefined`. */
export interface Change {
  readonly key: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .map((key) => ({ key, before: own(before, key), after: own(after, key) }))
    .filter((change) => !sameJson(change.before, change.after));
}

const own = (value: JsonObject, key: string): Json | undefined => (Object.hasOwn(value, key) ? value[key] : undefined);

/** @throws DomainError if a key to remove is inherited through a merge key */
export function editMap(document: YamlDocument, map: MapNode, changes: readonly Change[]): Splice[] {
  const pairs = new Map(map.pairs.filter(({ key }) => !isMergeKey(key)).map((pair) => [pair.key.text, pair]));
  const replaced: Splice[] = [];
  const added: Change[] = [];
  const removed = new Set<Pair>();
  for (const change of changes) {
    const pair = pairs.get(change.key);
    if (pair && change.after !== undefined) replaced.push(...editPair(document, map, pair, change, change.after));
    else if (pair) removed.add(pair);
    else if (change.after !== undefined) added.push(change);
    else throw notEditable();
  }
  if (removed.size === map.pairs.length) throw notEditable();
  const removals = map.flow
    ? removeFromFlow(document.text, map.pairs, (index) => isIn(removed, map.pairs[index]))
    : removeFromBlock(document.text, map.pairs, removed);
  // Insertions come last: one into a nested map belongs before one into this map at the same place.
  return [...replaced, ...removals, ...insertPairs(document.text, map, removed, added)];
}

const isIn = (set: ReadonlySet<Pair>, pair: Pair | undefined): boolean => pair !== undefined && set.has(pair);

function editPair(document: YamlDocument, map: MapNode, pair: Pair, { before }: Change, after: Json): Splice[] {
  const inner = pair.value;
  if (inner.kind === 'map' && isJsonObject(before) && isJsonObject(after)) {
    const changes = changesBetween(before, after);
    const names = new Set(inner.pairs.map(({ key }) => key.text));
    const isPossible = changes.every((change) => change.after !== undefined || names.has(change.key));
    const isPartial = Object.keys(after).some((key) => names.has(key));
    if (isPossible && isPartial) return editMap(document, inner, changes);
  }
  return replaceValue(document, pair, after, map.flow);
}

function removeFromBlock(text: string, pairs: readonly Pair[], removed: ReadonlySet<Pair>): Splice[] {
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

const cutLines = (text: string, pair: Pair): Splice => ({
  start: lineStart(text, pair.start),
  end: nextLine(text, pair.end),
  text: '',
});

function insertPairs(text: string, map: MapNode, removed: ReadonlySet<Pair>, added: readonly Change[]): Splice[] {
  const entries = added.flatMap(({ key, after }) => (after === undefined ? [] : [{ key, after }]));
  if (entries.length === 0) return [];
  if (map.flow) {
    const last = map.pairs.filter((pair) => !removed.has(pair)).at(-1);
    const rendered = entries.map(({ key, after }) => renderPair(key, after, true)).join(', ');
    const at = last ? last.end : map.content + 1;
    return [{ start: at, end: at, text: last ? `, ${rendered}` : rendered }];
  }
  const indent = ' '.repeat(columnOf(text, map.content));
  const lines = entries.map(({ key, after }) => `${indent}${renderKey(key, false)}: ${renderValue(after, false)}`);
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
