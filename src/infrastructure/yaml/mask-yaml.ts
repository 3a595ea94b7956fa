import { MASK, maskAddress } from '../../domain/cameras/camera-secrets';
import { isMergeKey, type LocatedNode, type ScalarNode } from './located-node';
import { isSecretKey, maskLines } from './mask-lines';
import { renderValue } from './render-value';
import { replaceScalar } from './replace-value';
import { applySplices, type Splice } from './splice';
import { lineEnd } from './text-lines';
import type { YamlDocument } from './yaml-document';

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
  // What an alias stands for is a secret if any place that uses it makes it one.
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
