import type { Json } from '../../domain/shared/json';
import type { Offset } from './text-lines';

/** A range of the text, end-exclusive. */
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
  /** The decoded text, before its type is determined. */
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
  /** The item of the list of cameras that it belongs to; absent for the document around them. */
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

/** The maps that a merge key takes over: one node, or each one of a list. */
export function mergeSources(value: LocatedNode): ReturnType<typeof resolved>[] {
  const node = resolved(value);
  return node?.kind === 'list' ? node.items.map((item) => resolved(item.node)) : [node];
}

/** One effective entry of a map, its own or taken over through `<<`. */
export interface MapMember {
  readonly key: ScalarNode;
  readonly node: LocatedNode;
  readonly inherited: boolean;
}

export type Members = ReadonlyMap<string, MapMember>;

interface Sized {
  readonly value: Json;
  /** Number of nodes; a shared one counts each time it is met. */
  readonly size: number;
}

/** Limit of the work for one file: values made and entries inherited. */
const MAX_WORK = 1_000_000;
const MAX_DEPTH = 100;

/**
 * The values of located nodes, aliases and merge keys resolved. Each node is evaluated once and shared, so nested
 * aliases cost nothing until a caller walks the result: check `size` first.
 */
export class NodeValues {
  readonly faults: LocatedFault[] = [];
  private readonly values = { typed: new Map<LocatedNode, Sized>(), text: new Map<LocatedNode, Sized>() };
  private readonly merged = new Map<MapNode, Members>();
  private work = 0;
  private depth = 0;

  get isExhausted(): boolean {
    return this.work > MAX_WORK;
  }

  /** With `text`, unquoted numbers keep their spelling (`007`). */
  of(node: LocatedNode, text = false): Sized {
    if (node.kind === 'scalar') return { value: ownValue(node, text), size: 1 };
    const known = (text ? this.values.text : this.values.typed).get(node);
    if (known) return known;
    const sized = this.deeper(node, { value: null, size: 1 }, () => this.evaluate(node, text));
    (text ? this.values.text : this.values.typed).set(node, sized);
    return sized;
  }

  /** Own entries first; an own one wins over an inherited one, an earlier inherited one over a later one. */
  members(map: MapNode): Members {
    const known = this.merged.get(map);
    if (known) return known;
    const members = this.deeper(map, new Map<string, MapMember>(), () => this.merge(map));
    this.merged.set(map, members);
    return members;
  }

  private deeper<T>(node: LocatedNode, otherwise: T, evaluate: () => T): T {
    this.work += 1;
    if (this.isExhausted) return otherwise;
    if (this.depth >= MAX_DEPTH) {
      const message = 'The aliases here are nested too deeply; write the values instead.';
      this.faults.push({ at: node.start, path: [], type: 'too_large', message, severity: 'error' });
      return otherwise;
    }
    this.depth += 1;
    const result = evaluate();
    this.depth -= 1;
    return result;
  }

  private evaluate(node: LocatedNode, text: boolean): Sized {
    switch (node.kind) {
      case 'scalar':
        return { value: ownValue(node, text), size: 1 };
      case 'alias':
        return node.target ? this.of(node.target, text) : { value: null, size: 1 };
      case 'list': {
        const items = node.items.map((item) => this.of(item.node, text));
        return { value: items.map((item) => item.value), size: total(items) };
      }
      case 'map': {
        const entries = [...this.members(node)].map(([key, member]) => ({ key, ...this.of(member.node, text) }));
        return { value: Object.fromEntries(entries.map((entry) => [entry.key, entry.value])), size: total(entries) };
      }
    }
  }

  private merge(map: MapNode): Map<string, MapMember> {
    const members = new Map<string, MapMember>();
    const merges: LocatedNode[] = [];
    for (const { key, value } of map.pairs) {
      if (isMergeKey(key)) merges.push(value);
      else members.set(key.text, { key, node: value, inherited: false });
    }
    for (const value of merges) {
      for (const source of mergeSources(value)) {
        if (source?.kind !== 'map') continue;
        for (const [name, member] of this.members(source)) {
          this.work += 1;
          if (!members.has(name)) members.set(name, { ...member, inherited: true });
        }
      }
    }
    return members;
  }
}

const ownValue = (node: ScalarNode, text: boolean): Json =>
  text && typeof node.value === 'number' && !node.tag ? node.text : node.value;

const total = (parts: readonly { readonly size: number }[]): number => parts.reduce((sum, part) => sum + part.size, 1);

/** The node at a path, or the deepest one on the way that exists. */
export function nodeAt(root: LocatedNode, path: readonly (string | number)[], values: NodeValues): LocatedNode {
  let node = root;
  for (const part of path) {
    const inside = resolved(node);
    const next =
      inside?.kind === 'map'
        ? values.members(inside).get(String(part))?.node
        : inside?.kind === 'list' && typeof part === 'number'
          ? inside.items[part]?.node
          : undefined;
    if (!next) return node;
    node = next;
  }
  return node;
}
