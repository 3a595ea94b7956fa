import type { AliasNode, LocatedNode } from './located-node';
import type { NodeValues } from './node-values';
import { renderValue } from './render-value';
import type { Splice } from './splice';
import type { YamlDocument } from './yaml-document';

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
    const keepsSource =
      target.kind === 'scalar' && typeof target.value !== 'string' && target.style === 'plain' && !target.tag;
    const value = keepsSource ? target.text || 'null' : renderValue(values.of(target).value, true, target);
    return { start: alias.start, end: alias.end, text: `&${alias.name} ${value}` };
  });
}
