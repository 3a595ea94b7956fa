import type { Json } from '../../domain/shared/json';
import type { Offset } from './text-lines';

/** A stretch of the text, end-exclusive. */
export interface Span {
  readonly start: Offset;
  readonly end: Offset;
}

interface Located extends Span {
  /** Where the value itself starts: behind anchor and tag, which `start` includes. */
  readonly content: Offset;
  readonly anchor?: Span & { readonly name: string };
  readonly tag?: Span;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

export interface ScalarNode extends Located {
  readonly kind: 'scalar';
  readonly style: ScalarStyle;
  /** The decoded text, before it is given a type. */
  readonly text: string;
  readonly value: Exclude<Json, object> | null;
  /** Of a block scalar: the end of its `|` or `>` with indicators. */
  readonly headerEnd?: Offset;
}

export interface Pair extends Span {
  readonly key: ScalarNode;
  /** The end of the `:`, if there is one. */
  readonly colonEnd?: Offset;
  readonly value: LocatedNode;
}

export interface MapNode extends Located {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly pairs: readonly Pair[];
}

/** `start` is that of the dash in block style, else that of the node. */
export interface Item extends Span {
  readonly node: LocatedNode;
}

export interface ListNode extends Located {
  readonly kind: 'list';
  readonly flow: boolean;
  readonly items: readonly Item[];
}

export interface AliasNode extends Located {
  readonly kind: 'alias';
  readonly name: string;
  /** Absent if no such anchor was defined before, or if it encloses the alias. */
  readonly target?: LocatedNode;
}

export type LocatedNode = ScalarNode | MapNode | ListNode | AliasNode;

/** Something wrong at a place in the text; see `ConfigFault`. */
export interface LocatedFault {
  readonly at: Offset;
  /** The item of the list of cameras that has it; absent for the document around them. */
  readonly item?: number;
  readonly path: readonly (string | number)[];
  readonly type: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly suggestion?: string;
}

export const isMergeKey = (key: ScalarNode): boolean => key.style === 'plain' && key.text === '<<' && !key.tag;

export const resolved = (node: LocatedNode): Exclude<LocatedNode, AliasNode> | undefined => {
  const target = node.kind === 'alias' ? node.target : node;
  return target?.kind === 'alias' ? undefined : target;
};

/** What a merge key takes over: one node, or each one of a list. */
export function mergeSources(value: LocatedNode): ReturnType<typeof resolved>[] {
  const node = resolved(value);
  return node?.kind === 'list' ? node.items.map((item) => resolved(item.node)) : [node];
}
