import {
  CAMERA_RULES,
  type CameraFields,
  canonical,
  checkCamera,
  isKnownField,
  suggestField,
} from '../../domain/cameras/camera-rules';
import type { Fault } from '../../domain/shared/fault';
import type { Json } from '../../domain/shared/json';
import {
  type ListNode,
  type LocatedFault,
  type LocatedNode,
  type MapMember,
  type MapNode,
  type Members,
  type NodeValues,
  type Pair,
  resolved,
} from './located-node';
import type { Offset } from './text-lines';

/** One camera of the file. */
export interface CameraEntry {
  /** The item of the list: the map itself or an alias of it. */
  readonly node: LocatedNode;
  readonly map: MapNode;
  readonly members: Members;
  readonly fields: CameraFields;
  /** Nodes in its value, shared ones counted each time; 0 if that is too many to count. */
  readonly size: number;
}

/** Keys that an older version wrote; their values are not read from the file. */
const IGNORED = new Set(['created_at', 'updated_at', 'is_active']);
const MAX_NODES = 10_000;

const isText = (field: string): boolean =>
  field === 'env' || (isKnownField(field) && CAMERA_RULES[field]?.textRule === true);

/** Reads the entry at `index` of the list and adds its faults to `faults`. */
export function readEntry(
  node: LocatedNode,
  map: MapNode,
  values: NodeValues,
  index: number,
  faults: LocatedFault[],
): CameraEntry {
  const members = values.members(map);
  const path = ['cameras', index];
  const raw: [string, Json][] = [];
  let size = 1;
  for (const [name, member] of members) {
    if (IGNORED.has(name)) continue;
    const sized = values.of(member.node, isText(name));
    size += sized.size;
    raw.push([name, sized.size > MAX_NODES ? null : sized.value]);
  }
  const fields = canonical(Object.fromEntries(raw));
  if (size > MAX_NODES) {
    const message = 'This camera has too many values; write fewer.';
    faults.push({ at: node.start, path, type: 'too_large', message, severity: 'error' });
  } else {
    for (const fault of checkCamera(fields)) faults.push(located(fault, path, node, members, values));
    for (const member of members.values()) faults.push(...misspelling(member, members, path));
  }
  return { node, map, members, fields, size: size > MAX_NODES ? 0 : size };
}

function located(
  fault: Fault,
  base: readonly (string | number)[],
  item: LocatedNode,
  members: Members,
  values: NodeValues,
): LocatedFault {
  const [first, ...rest] = fault.path;
  const name = first === 'active' && !members.has('active') ? 'enabled' : String(first);
  const path = [...base, name, ...rest];
  const subject = /^[A-Za-z_][\w-]{0,49}$/.test(rest.map(String).at(-1) ?? name) ? [name, ...rest].join('.') : name;
  const message = fault.message.startsWith(`${name} `) ? fault.message : `${subject} ${fault.message}`;
  const at = inner(members.get(name)?.node, rest, values)?.content ?? firstKey(item);
  return { at, path, type: fault.type, message: `${message}.`, suggestion: fault.suggestion, severity: 'error' };
}

const firstKey = (item: LocatedNode): Offset => (item.kind === 'map' && item.pairs[0]?.start) || item.start;

/** The node at a path, or the last one on the way that exists. */
function inner(node: LocatedNode | undefined, path: Fault['path'], values: NodeValues): LocatedNode | undefined {
  const [step, ...rest] = path;
  const map = node && resolved(node);
  if (step === undefined || map?.kind !== 'map') return node;
  const member = values.members(map).get(String(step));
  return member ? inner(member.node, rest, values) : node;
}

const suggestions = new Map<string, string | undefined>();

/** Cached, as an unknown key usually stands in every entry. */
function suggestion(name: string): string | undefined {
  if (!suggestions.has(name)) {
    if (suggestions.size > 1000) suggestions.clear();
    suggestions.set(name, suggestField(name));
  }
  return suggestions.get(name);
}

function misspelling({ key }: MapMember, members: Members, path: readonly (string | number)[]): LocatedFault[] {
  const name = key.text;
  if (isKnownField(name) || name === 'enabled' || IGNORED.has(name)) return [];
  const suggested = suggestion(name);
  if (suggested === undefined || members.has(suggested)) return [];
  const message = `There is no setting of this name; write ${suggested} if that is what is meant.`;
  return [
    {
      at: key.start,
      path: [...path, name],
      type: 'unknown_field',
      message,
      severity: 'warning',
      suggestion: suggested,
    },
  ];
}

/** The list of cameras in the text, and the top-level pair it stands in. */
export interface CameraList {
  readonly pair: Pair;
  readonly list: ListNode;
  /** By their index in the list; an item that is no map is not among them. */
  readonly entries: ReadonlyMap<number, CameraEntry>;
  /** The items of the valid cameras, and those of the faulty entries. */
  readonly items: { readonly cameras: readonly number[]; readonly faulty: readonly number[] };
  /** Whether the top level itself is written in braces, so that nothing in it can have lines of its own. */
  readonly inFlow: boolean;
}
