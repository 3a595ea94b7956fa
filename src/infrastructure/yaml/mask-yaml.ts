import { MASK, maskAddress, maskField } from '../../domain/cameras/camera-secrets';
import { type LocatedNode, type ScalarNode, isMergeKey } from './located-node';
import { renderValue, replaceScalar } from './replace-value';
import { type Splice, applySplices, lineEnd } from './text-lines';
import type { YamlDocument } from './yaml-document';

/** A name that may be a key. The look-behind keeps long words from being tried at each of their letters. */
const KEY = /(?<![\w-])([\w-]{1,100})["']?\s*[:=]/g;

const isSecretKey = (name: string): boolean => maskField(name, 'x') === MASK;

/** The end of the first secret-looking key, if the line has one. */
function secretKeyEnd(line: string): number | undefined {
  for (const found of line.matchAll(KEY)) {
    if (isSecretKey(found[1] ?? '')) return found.index + found[0].length;
  }
  return undefined;
}

/**
 * Masks what is not (or no longer) YAML, line by line: comments, or a file with a syntax error. Masking too much is
 * better than too little: what follows a secret-looking key is hidden to the end of the line, and so are deeper lines
 * below it.
 */
function maskLines(lines: readonly string[]): string[] {
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return lines.map((line) => {
    const indent = /^[\s#-]*/.exec(line)?.[0].length ?? 0;
    if (indent === line.length) return line;
    if (indent > hiddenBelow) return line.slice(0, indent) + MASK;
    const end = secretKeyEnd(line);
    hiddenBelow = end === undefined ? Number.POSITIVE_INFINITY : indent;
    if (end === undefined) return maskAddress(line);
    const value = line.slice(end).trim() === '' ? '' : ` '${MASK}'`;
    return maskAddress(line.slice(0, end)) + value;
  });
}

/** The text with every secret hidden; one that parses still does so. */
export function maskYaml({ text, root }: YamlDocument): string {
  if (root) return applySplices(text, [...maskScalars(text, root), ...maskComments(text, scalarsIn(root))]);
  const parts = text.split(/(\r\n|\n|\r)/);
  const masked = maskLines(parts.filter((_, i) => i % 2 === 0));
  return parts.map((part, i) => (i % 2 === 0 ? (masked[i / 2] ?? '') : part)).join('');
}

/** All keys and scalar values in the order of the text. */
function scalarsIn(node: LocatedNode): ScalarNode[] {
  switch (node.kind) {
    case 'scalar':
      return [node];
    case 'alias':
      return [];
    case 'list':
      return node.items.flatMap((item) => scalarsIn(item.node));
    case 'map':
      return node.pairs.flatMap((pair) => [pair.key, ...scalarsIn(pair.value)]);
  }
}

function childrenOf(node: LocatedNode): { node: LocatedNode; secret: boolean }[] {
  switch (node.kind) {
    case 'scalar':
      return [];
    case 'alias':
      return node.target ? [{ node: node.target, secret: false }] : [];
    case 'list':
      return node.items.map((item) => ({ node: item.node, secret: false }));
    case 'map':
      return node.pairs.map(({ key, value }) => ({ node: value, secret: !isMergeKey(key) && isSecretKey(key.text) }));
  }
}

function maskScalars(text: string, root: LocatedNode): Splice[] {
  const masked = new Map<ScalarNode, string>();
  const visited = { open: new Set<LocatedNode>(), secret: new Set<LocatedNode>() };
  const hide = (node: ScalarNode, secret: boolean) => {
    const shown = secret ? MASK : maskAddress(node.text);
    if (shown !== node.text && !(secret && node.value === null)) masked.set(node, shown);
  };
  // The target of an alias is a secret if any place that uses it makes it one.
  const todo: { node: LocatedNode; secret: boolean }[] = [{ node: root, secret: false }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { node, secret } = next;
    if (visited.secret.has(node) || (!secret && visited.open.has(node))) continue;
    (secret ? visited.secret : visited.open).add(node);
    if (node.kind === 'scalar') hide(node, secret);
    for (const child of childrenOf(node)) todo.push({ node: child.node, secret: secret || child.secret });
    if (node.kind === 'map') for (const { key } of node.pairs) hide(key, false);
  }
  return [...masked].flatMap(([node, shown]) => [
    ...(node.tag ? [{ ...node.tag, text: '' }] : []),
    ...replaceScalar(text, node, node.content, renderValue(shown, true, node)),
  ]);
}

const LINES = /\r\n|\n|\r/;

/** The masked lines of a text with what stands there, as far as a masked line belongs to one such line only. */
export function maskedLines(document: YamlDocument): ReadonlyMap<string, string> {
  const [lines, masked] = [document.text.split(LINES), maskYaml(document).split(LINES)];
  // A value of several lines is masked as one: then no line has a counterpart by its number.
  if (lines.length !== masked.length) return new Map();
  const originals = new Map<string, Set<string>>();
  for (const [i, line] of masked.entries()) {
    const original = lines[i] ?? '';
    if (line !== original) originals.set(line, (originals.get(line) ?? new Set()).add(original));
  }
  return new Map([...originals].flatMap(([line, [one = '', ...more]]) => (more.length === 0 ? [[line, one]] : [])));
}

/** Each line as `to` says; line breaks stay as they are. */
export const mapLines = (text: string, to: (line: string, i: number) => string): string =>
  text
    .split(/(\r\n|\n|\r)/)
    .map((part, i) => (i % 2 === 0 ? to(part, i / 2) : part))
    .join('');

function maskComments(text: string, scalars: readonly ScalarNode[]): Splice[] {
  const splices: Splice[] = [];
  let from = 0;
  const maskGap = (to: number) => {
    const comments = [...text.slice(from, to).matchAll(/#[^\r\n]*/g)];
    const masked = maskLines(comments.map(([comment]) => comment));
    for (const [i, { 0: comment, index }] of comments.entries()) {
      const start = from + index;
      if (masked[i] !== comment) splices.push({ start, end: start + comment.length, text: masked[i] ?? '' });
    }
  };
  for (const { content, end, headerEnd } of scalars) {
    maskGap(headerEnd === undefined ? content : lineEnd(text, headerEnd));
    from = end;
  }
  maskGap(text.length);
  return splices;
}
