import type { AliasNode, LocatedNode } from './located-node';
import type { NodeValues } from './node-values';
import { notEditable } from './not-editable';
import { renderValue } from './render-value';
import type { Splice } from './splice';
import type { YamlDocument } from './yaml-document';

const MAX_NODES = 10_000;

/**
 * When a value with an anchor goes, what refers to it keeps the old value: the first alias that stays becomes the
 * anchor, with the value written out.
 */
export function rescueAnchors(document: YamlDocument, splices: readonly Splice[], values: NodeValues): Splice[] {
  const gone = splices.filter((splice) => splice.end > splice.start).sort((a, b) => a.start - b.start);
  const isGone = (at: number): boolean => {
    let low = 0;
    let high = gone.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((gone[middle]?.end ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return (gone[low]?.start ?? Number.POSITIVE_INFINITY) <= at;
  };
  const orphans = new Map<LocatedNode, AliasNode>();
  for (const alias of document.aliases) {
    const { target } = alias;
    if (target?.anchor && isGone(target.anchor.start) && !isGone(alias.start) && !orphans.has(target)) {
      orphans.set(target, alias);
    }
  }
  return [...orphans].map(([target, alias]) => {
    const text = `&${alias.name} ${oldValue(target, values)}`;
    return { start: alias.start, end: alias.end, text };
  });
}

function oldValue(target: LocatedNode, values: NodeValues): string {
  // A bare number keeps its spelling: it may be meant as text (`007`).
  const isBare =
    target.kind === 'scalar' && target.style === 'plain' && !target.tag && typeof target.value !== 'string';
  if (isBare) return target.text || 'null';
  const { value, size } = values.of(target);
  if (size > MAX_NODES) throw notEditable();
  return renderValue(value, true, target);
}
