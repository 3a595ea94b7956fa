import type { ConfigReading, ConfigFault, FaultyEntry } from '../../application/shared/config-file';
import { type JsonObject, canonicalJson, isBounded } from '../../domain/shared/json';
import { CAMERA_ID } from '../../domain/shared/value-rules';
import { type CameraEntry, type CameraList, readEntry } from './camera-entry';
import { type Item, type LocatedFault, type LocatedNode, NodeValues, type Pair, resolved } from './located-node';
import { positionsIn } from './text-lines';
import { type YamlDocument, parseYaml } from './yaml-document';

/** A camera file after reading: the tree, and the cameras in it. */
export interface CamerasDocument extends YamlDocument {
  /** The top-level `cameras` entry with its list, if the file has one. */
  readonly cameras?: CameraList;
  readonly reading: ConfigReading;
}

export const MAX_CAMERAS = 10_000;
export const MAX_NODES = 1_000_000;
const MAX_FAULTS = 1000;
/** More faults of one entry help no reader. */
const MAX_FAULTS_OF_ENTRY = 20;

export function readCamerasDocument(text: string): CamerasDocument {
  const document = parseYaml(text);
  const faults = document.faults.map(withItem);
  const error: Report = (node, type, message, path = []) => {
    faults.push({ at: node?.start ?? 0, path, type, message, severity: 'error' });
  };
  const pair = document.root && camerasPair(document.root, error);
  const list = pair && resolved(pair.value);
  if (pair && list?.kind !== 'list')
    error(pair.value, 'type', 'cameras must be a list; write "cameras: []" for none.', ['cameras']);
  if (pair === undefined || list?.kind !== 'list') return { ...document, reading: unreadableText(text, faults) };
  if (list.items.length > MAX_CAMERAS) {
    error(list, 'too_large', 'The list has more than 10000 cameras; remove some.', ['cameras']);
    return { ...document, reading: unreadableText(text, faults) };
  }
  const inFlow = document.root?.kind === 'map' && document.root.flow;
  const entries = readEntries(list.items, faults, error);
  const { reading, items } = sorted(text, list.items, entries, faults);
  return { ...document, cameras: { pair, list, entries, items, inFlow }, reading };
}

type Report = (node: LocatedNode | undefined, type: string, message: string, path?: LocatedFault['path']) => void;

/** A parser fault inside one of the cameras belongs to that camera. */
function withItem(fault: LocatedFault): LocatedFault {
  const [list, item] = fault.path;
  return list === 'cameras' && typeof item === 'number' ? { ...fault, item } : fault;
}

function camerasPair(root: LocatedNode, error: Report): Pair | undefined {
  const pair = root.kind === 'map' ? root.pairs.find((p) => p.key.text === 'cameras') : undefined;
  if (!pair)
    error(root, 'missing', 'The file must have a list "cameras" at the top level; write "cameras: []" for none.');
  return pair;
}

function readEntries(items: readonly Item[], faults: LocatedFault[], error: Report): Map<number, CameraEntry> {
  const values = new NodeValues();
  const entries = new Map<number, CameraEntry>();
  const faulty = new Set(faults.map(({ item }) => item));
  const holders = new Map<string, number>();
  let nodes = 0;
  for (const [index, item] of items.entries()) {
    const map = resolved(item.node);
    if (map?.kind !== 'map') {
      const message = 'A camera must be a map of settings such as "id: front-door".';
      const path = ['cameras', index];
      faults.push({ at: item.node.start, item: index, path, type: 'type', message, severity: 'error' });
      continue;
    }
    const own: LocatedFault[] = [];
    const entry = readEntry(item.node, map, values, index, own);
    for (const fault of own) faults.push({ ...fault, item: index });
    if (own.some((fault) => fault.severity === 'error')) faulty.add(index);
    nodes += entry.size;
    const duplicate = duplicateIn(entry, item, index, holders, faulty);
    if (duplicate) faults.push(duplicate);
    entries.set(index, entry);
    if (values.isExhausted || nodes > MAX_NODES) {
      error(undefined, 'too_large', 'The aliases in this file stand for too many values; write fewer.');
      break;
    }
  }
  for (const fault of values.faults) faults.push(fault);
  return entries;
}

/** Of several entries with one id the first valid one is the camera; the others have a fault. */
function duplicateIn(
  { fields, members }: CameraEntry,
  { node }: Item,
  index: number,
  holders: Map<string, number>,
  faulty: Set<number | undefined>,
): LocatedFault | undefined {
  const { id } = fields;
  if (typeof id !== 'string') return undefined;
  const holder = holders.get(id);
  if (holder === undefined) {
    holders.set(id, index);
    return undefined;
  }
  const takesOver = faulty.has(holder) && !faulty.has(index);
  if (takesOver) holders.set(id, index);
  else faulty.add(index);
  const own = members.get('id');
  return {
    at: (own && !own.inherited ? own.node : node).start,
    item: takesOver ? holder : index,
    path: ['cameras', index, 'id'],
    type: 'duplicate_id',
    message: 'Another camera above has this id; give each camera its own.',
    severity: 'error',
  };
}

/** A name in a path may be a misplaced secret: only plain names are shown. */
function pathText(path: LocatedFault['path']): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]{0,49}$/.test(part)) text += text === '' ? part : `.${part}`;
    else break;
  }
  return text;
}

export const unreadableText = (text: string, found: readonly LocatedFault[]): ConfigReading => ({
  entries: [],
  faulty: [],
  readable: false,
  faults: report(text, found),
});

/** Separates valid and faulty entries of a list, each fault with the entry it belongs to. */
export function sorted(
  text: string,
  items: readonly Item[],
  entries: ReadonlyMap<number, { readonly fields: JsonObject }>,
  found: readonly LocatedFault[],
  isId: RegExp = CAMERA_ID,
) {
  const errors = found.filter((fault) => fault.severity === 'error');
  const readable = errors.every((fault) => fault.item !== undefined);
  if (errors.length === 0 || !readable) {
    const cameras = readable ? [...entries.keys()] : [];
    const reading = { entries: fieldsOf(cameras, entries), faulty: [], readable, faults: report(text, found) };
    return { reading, items: { cameras, faulty: [] } };
  }
  const shown = reporting(text);
  const faults = capped(text, found, shown);
  const bad = new Map<number, LocatedFault[]>(errors.map(({ item = -1 }) => [item, []]));
  for (const fault of found) bad.get(fault.item ?? -1)?.push(fault);
  const cameras = [...entries.keys()].filter((index) => !bad.has(index));
  const faulty = [...bad.keys()].sort((a, b) => a - b);
  const position = positionsIn(text);
  const faultyEntry = (index: number): FaultyEntry => {
    const { start = 0, end = 0 } = items[index] ?? {};
    const fields = entries.get(index)?.fields ?? {};
    const { id } = fields;
    const own = [...(bad.get(index) ?? [])].sort((a, b) => a.at - b.at).slice(0, MAX_FAULTS_OF_ENTRY);
    return {
      ...(typeof id === 'string' && isId.test(id) ? { id } : {}),
      ...position(start),
      fields,
      faults: own.map(shown),
      content: entries.has(index) && isBounded(fields) ? canonicalJson(fields) : text.slice(start, end),
    };
  };
  const reading = { entries: fieldsOf(cameras, entries), faulty: faulty.map(faultyEntry), readable, faults };
  return { reading, items: { cameras, faulty } };
}

const fieldsOf = (
  items: readonly number[],
  entries: ReadonlyMap<number, { readonly fields: JsonObject }>,
): JsonObject[] =>
  items.flatMap((index): JsonObject[] => {
    const entry = entries.get(index);
    return entry ? [entry.fields] : [];
  });

/** Equal faults share one object, so that one in a shared part (an anchor) is recognised as one. */
function reporting(text: string): (fault: LocatedFault) => ConfigFault {
  const once = new Map<string, ConfigFault>();
  const position = positionsIn(text);
  return ({ at, item: _, path, ...fault }) => {
    const what = `${at} ${fault.type} ${fault.message}`;
    const known = once.get(what);
    if (known) return known;
    const made = { ...position(at), path: pathText(path), ...fault };
    once.set(what, made);
    return made;
  };
}

function capped(
  text: string,
  found: readonly LocatedFault[],
  shown: (fault: LocatedFault) => ConfigFault,
): ConfigFault[] {
  const once = new Map<ConfigFault, LocatedFault>();
  for (const fault of found) if (!once.has(shown(fault))) once.set(shown(fault), fault);
  const all = [...once].sort(([, a], [, b]) => a.at - b.at);
  const [next] = all.splice(MAX_FAULTS);
  const faults = all.map(([fault]) => fault);
  if (next) {
    const severity = found.some((fault) => fault.severity === 'error') ? 'error' : 'warning';
    const message = 'There are more faults from here on; correct those above first.';
    faults.push({ ...positionsIn(text)(next[1].at), path: '', type: 'more_faults', message, severity });
  }
  return faults;
}

export const report = (text: string, found: readonly LocatedFault[]): ConfigFault[] =>
  found.length === 0 ? [] : capped(text, found, reporting(text));
