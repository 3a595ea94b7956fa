import { dump } from 'js-yaml';
import type { Json } from '../../domain/shared/json';
import type { LocatedNode, Pair, ScalarNode, Span } from './located-node';
import { type Splice, isBlank, lineEnd, lineStart } from './text-lines';
import type { YamlDocument } from './yaml-document';

const oneLine = { lineWidth: -1, noRefs: true } as const;

/** One line of YAML for a value; `flow` if it will stand inside brackets or braces, where commas end a plain text. */
export function renderValue(value: Json, flow: boolean, old?: LocatedNode): string {
  const quoted = old?.kind === 'scalar' && (old.style === 'single' || old.style === 'double') ? old.style : undefined;
  if (typeof value === 'string' && quoted === undefined && !flow) {
    const line = dump({ k: value }, oneLine).trimEnd();
    if (!/[\r\n]/.test(line)) return line.slice('k: '.length);
  }
  const options = { ...oneLine, flowLevel: 0, quoteStyle: quoted, forceQuotes: quoted !== undefined };
  return dump([value], options).slice(1, -2);
}

export const renderPair = (name: string, value: Json, flow: boolean): string =>
  `${renderValue(name, flow)}: ${renderValue(value, flow)}`;

/** Where the part to replace begins: an unused anchor stays, a tag is replaced as it may not fit the new value. */
function replacedFrom({ aliases }: YamlDocument, node: LocatedNode): number {
  const isUsed = aliases.some((alias) => alias.target === node);
  return node.tag || (node.anchor && isUsed) ? node.start : node.content;
}

/** The splices that replace the value of a pair. Comments next to and above it stay. */
export function replaceValue(document: YamlDocument, pair: Pair, value: Json, flow: boolean): Splice[] {
  const node = pair.value;
  const rendered = renderValue(value, flow, node);
  const start = replacedFrom(document, node);
  if (node.kind === 'scalar') return replaceScalar(document.text, node, start, rendered, pair);
  const isBlock = node.kind !== 'alias' && !node.flow;
  return isBlock && pair.colonEnd !== undefined
    ? replaceBlock(document.text, node, start, rendered, pair.colonEnd)
    : [{ start, end: node.end, text: rendered }];
}

/** Replaces a scalar from `start` on: its content, or its anchor or tag as well. */
export function replaceScalar(text: string, node: ScalarNode, start: number, rendered: string, pair?: Pair): Splice[] {
  if (node.headerEnd !== undefined) return replaceBlockScalar(text, node, node.headerEnd, start, rendered);
  if (node.end > start) return [{ start, end: node.end, text: rendered }];
  const colon = pair && pair.colonEnd === undefined ? ':' : '';
  const space = ' \t'.includes(text[start - 1] ?? '') && colon === '' ? '' : ' ';
  return [{ start, end: start, text: `${colon}${space}${rendered}` }];
}

function replaceBlockScalar(
  text: string,
  node: ScalarNode,
  headerEnd: number,
  start: number,
  rendered: string,
): Splice[] {
  const header = { start, end: headerEnd, text: rendered };
  const contentStart = lineEnd(text, headerEnd);
  return node.end > contentStart ? [header, { start: contentStart, end: node.end, text: '' }] : [header];
}

/** A list or map in lines of its own becomes one line behind the key, in front of the key's comment. */
function replaceBlock(text: string, node: LocatedNode, start: number, rendered: string, colonEnd: number): Splice[] {
  const above = text.slice(colonEnd, start);
  if (isBlank(above)) return [{ start: colonEnd, end: node.end, text: ` ${rendered}` }];
  const lines: Span = { start: endOfLineAbove(text, node.content), end: node.end };
  const properties: Span = { start, end: Math.max(start, node.anchor?.end ?? 0, node.tag?.end ?? 0) };
  const insertAt = start === node.content ? (node.anchor?.end ?? colonEnd) : colonEnd;
  const removed = start === node.content ? [lines] : [properties, lines];
  return [{ start: insertAt, end: insertAt, text: ` ${rendered}` }, ...removed.map((span) => ({ ...span, text: '' }))];
}

function endOfLineAbove(text: string, at: number): number {
  let end = lineStart(text, at) - 1;
  if (text[end] === '\n' && text[end - 1] === '\r') end -= 1;
  return end;
}
