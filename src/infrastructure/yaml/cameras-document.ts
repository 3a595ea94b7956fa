import type { CamerasReading, ConfigFault } from '../../application/cameras/cameras-format';
import { type CameraEntry, readEntry } from './camera-entry';
import type { CameraList } from './camera-list';
import { type Item, type LocatedFault, type LocatedNode, type Pair, resolved } from './located-node';
import { NodeValues } from './node-values';
import { positionsIn } from './text-lines';
import { parseYaml, type YamlDocument } from './yaml-document';

/** A camera file read: the tree, and what the cameras in it are. */
export interface CamerasDocument extends YamlDocument {
  /** The top-level `cameras` entry with its list, if the file has one. */
  readonly cameras?: CameraList;
  readonly reading: CamerasReading;
}

const MAX_CAMERAS = 10_000;
const MAX_NODES = 1_000_000;
const MAX_FAULTS = 1000;

export function readCamerasDocument(text: string): CamerasDocument {
  const document = parseYaml(text);
  const faults = [...document.faults];
  const error = (node: LocatedNode | undefined, type: string, message: string, path: LocatedFault['path'] = []) => {
    faults.push({ at: node?.start ?? 0, path, type, message, severity: 'error' });
  };
  const pair = document.root && camerasPair(document.root, error);
  const list = pair && resolved(pair.value);
  if (pair && list?.kind !== 'list')
    error(pair.value, 'type', 'cameras must be a list; write "cameras: []" for none.', ['cameras']);
  if (pair === undefined || list?.kind !== 'list') return { ...document, reading: reading(text, [], faults) };
  if (list.items.length > MAX_CAMERAS) {
    error(list, 'too_large', 'The list has more than 10000 cameras; remove some.', ['cameras']);
    return { ...document, reading: reading(text, [], faults) };
  }
  const inFlow = document.root?.kind === 'map' && document.root.flow;
  const entries = readEntries(list.items, faults, error);
  return { ...document, cameras: { pair, list, entries, inFlow }, reading: reading(text, entries, faults) };
}

type Report = (node: LocatedNode | undefined, type: string, message: string, path?: LocatedFault['path']) => void;

function camerasPair(root: LocatedNode, error: Report): Pair | undefined {
  const pair = root.kind === 'map' ? root.pairs.find((p) => p.key.text === 'cameras') : undefined;
  if (!pair)
    error(root, 'missing', 'The file must have a list "cameras" at the top level; write "cameras: []" for none.');
  return pair;
}

function readEntries(items: readonly Item[], faults: LocatedFault[], error: Report): CameraEntry[] {
  const values = new NodeValues();
  const ids = new Set<unknown>();
  const entries: CameraEntry[] = [];
  let nodes = 0;
  for (const [index, item] of items.entries()) {
    const map = resolved(item.node);
    if (map?.kind !== 'map') {
      error(item.node, 'type', 'A camera must be a map of settings such as "id: front-door".', ['cameras', index]);
      continue;
    }
    const entry = readEntry(item.node, map, values, index, faults);
    nodes += entry.size;
    const { id } = entry.fields;
    if (typeof id === 'string' && ids.has(id)) {
      const own = entry.members.get('id');
      const at = own && !own.inherited ? own.node : item.node;
      error(at, 'duplicate_id', 'Another camera above has this id; give each camera its own.', [
        'cameras',
        index,
        'id',
      ]);
    }
    ids.add(id);
    entries.push(entry);
    if (values.isExhausted || nodes > MAX_NODES) {
      error(undefined, 'too_large', 'The aliases in this file stand for too many values; write fewer.');
      break;
    }
  }
  for (const fault of values.faults) faults.push(fault);
  return entries;
}

/** A name in a path may be a misplaced secret: only plain ones are shown. */
function pathText(path: LocatedFault['path']): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]{0,49}$/.test(part)) text += text === '' ? part : `.${part}`;
    else break;
  }
  return text;
}

function reading(text: string, entries: readonly CameraEntry[], found: readonly LocatedFault[]): CamerasReading {
  const failed = found.some((fault) => fault.severity === 'error');
  const cameras = failed ? [] : entries.map((entry) => entry.fields);
  return { cameras, faults: found.length === 0 ? [] : report(text, found) };
}

export function report(text: string, found: readonly LocatedFault[]): ConfigFault[] {
  // A fault in a shared part (an anchor) is found once for each camera that uses it.
  const once = new Map<string, LocatedFault>();
  for (const fault of found) {
    const what = `${fault.at} ${fault.type} ${fault.message}`;
    if (!once.has(what)) once.set(what, fault);
  }
  const sorted = [...once.values()].sort((a, b) => a.at - b.at);
  const [next] = sorted.splice(MAX_FAULTS);
  if (next) {
    const severity = found.some((fault) => fault.severity === 'error') ? 'error' : 'warning';
    const message = 'There are more faults from here on; correct those above first.';
    sorted.push({ at: next.at, path: [], type: 'more_faults', message, severity });
  }
  const position = positionsIn(text);
  return sorted.map(({ at, path, ...fault }) => ({ ...position(at), path: pathText(path), ...fault }));
}
