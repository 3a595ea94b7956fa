import type { ConfigEdit, ConfigFormat, ConfigReading } from '../../application/shared/config-file';
import { CANVAS_ID, checkCanvas } from '../../domain/regions/region';
import {
  REGION_ID,
  type RegionFields,
  canonicalRegion,
  checkNewPolygon,
  checkRegion,
  namesInFile,
} from '../../domain/regions/region-rules';
import { DomainError } from '../../domain/shared/domain-error';
import type { Fault } from '../../domain/shared/fault';
import { type Json, type JsonObject, isBounded, isJsonObject, sameJson } from '../../domain/shared/json';
import { report, sorted, unreadableText } from './cameras-document';
import {
  type Item,
  type ListNode,
  type LocatedFault,
  type MapNode,
  NodeValues,
  nodeAt,
  resolved,
} from './located-node';
import { type Splice, applySplices } from './text-lines';
import { parseYaml } from './yaml-document';

const MOST_REGIONS = 1_000;
const INDENT = 2;

/** A regions file after reading: its values, where they stand, and the regions in it. */
interface RegionsDocument {
  readonly text: string;
  readonly reading: ConfigReading;
  /** Absent where the text cannot be used. */
  readonly found?: {
    readonly root: MapNode;
    readonly list: ListNode;
    /** Which item of the list each region is, and each faulty entry. */
    readonly items: { readonly cameras: readonly number[]; readonly faulty: readonly number[] };
    readonly raw: readonly Json[];
    readonly meta: JsonObject | undefined;
  };
}

/** `regions.json`: JSON, of which a change rewrites the regions it changes and nothing else. */
export class JsonRegionsFormat implements ConfigFormat {
  /** A text is usually read again right after it was edited, and edited right after it was read. */
  private last?: RegionsDocument;

  read(text: string): ConfigReading {
    return this.document(text).reading;
  }

  edit(text: string, edits: readonly ConfigEdit[]): string {
    const edited = editRegions(this.document(text), edits);
    if (!this.document(edited).reading.readable) throw notEditable();
    return edited;
  }

  /** Regions hold no secrets. */
  mask(text: string): string {
    return text;
  }

  private document(text: string): RegionsDocument {
    if (this.last?.text !== text) this.last = readDocument(text);
    return this.last;
  }
}

const notEditable = () =>
  new DomainError('region_config.not_editable', 'The regions file has faults; correct these first.');

function readDocument(text: string): RegionsDocument {
  const refused = (at: number, type: string, message: string, path: LocatedFault['path'] = []) => ({
    text,
    reading: unreadableText(text, [{ at, path, type, message, severity: 'error' }]),
  });
  const parsed = parsedOf(text);
  if ('brokenAt' in parsed)
    return refused(parsed.brokenAt, 'syntax', 'This is not valid JSON: check commas, quotes and brackets here.');
  // JSON is YAML, too: its parser knows where everything stands.
  const document = parseYaml(text);
  const { root } = document;
  if (root?.kind !== 'map' || !isJsonObject(parsed.value) || document.faults.length > 0) {
    if (document.faults.length > 0) return { text, reading: { ...EMPTY, faults: report(text, document.faults) } };
    return refused(0, 'type', 'The file must be an object with a list "regions"; write {"regions": []} for none.');
  }
  const { regions, meta } = parsed.value;
  const pair = root.pairs.find(({ key }) => key.text === 'regions');
  const list = pair && resolved(pair.value);
  if (!Array.isArray(regions) || list?.kind !== 'list')
    return refused(pair?.value.start ?? 0, 'missing', 'The file must have a list "regions"; write [] for none.', [
      'regions',
    ]);
  if (regions.length > MOST_REGIONS)
    return refused(list.start, 'too_large', `The list has more than ${MOST_REGIONS} regions; remove some.`, [
      'regions',
    ]);
  const canvas = isJsonObject(meta) ? meta : undefined;
  const { entries, faults } = readEntries(list, regions);
  for (const { path, ...fault } of canvasFaults(meta ?? null)) {
    const where = ['meta', ...path];
    faults.push({ at: nodeAt(root, where, new NodeValues()).start, path: where, severity: 'error', ...fault });
  }
  const { reading, items } = sorted(text, list.items, entries, faults, REGION_ID);
  const metaEntry = canvas && reading.readable ? canvasEntry(canvas) : [];
  return {
    text,
    reading: { ...reading, entries: [...reading.entries, ...metaEntry] },
    found: { root, list, items, raw: regions, meta: canvas },
  };
}

const EMPTY = { entries: [], faulty: [], readable: false };

function canvasFaults(meta: Json): Fault[] {
  if (meta === null) return [];
  return isJsonObject(meta) ? checkCanvas(meta) : [{ path: [], type: 'type', message: 'meta must be an object.' }];
}

function canvasEntry(meta: JsonObject): JsonObject[] {
  const said = Object.entries(meta).filter(([name, value]) => value !== null && name !== 'id');
  return said.length === 0 ? [] : [{ id: CANVAS_ID, ...Object.fromEntries(said) }];
}

function parsedOf(text: string): { readonly value: Json } | { readonly brokenAt: number } {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  try {
    return { value: JSON.parse(text.slice(mark)) as Json };
  } catch (error) {
    // The place is all that is taken from the message: the rest quotes the text.
    const at = /at position (\d+)/.exec(String(error))?.[1];
    return { brokenAt: at === undefined ? text.trimEnd().length : Number(at) + mark };
  }
}

interface Entry {
  readonly fields: RegionFields;
}

function readEntries(list: ListNode, raw: readonly Json[]) {
  const entries = new Map<number, Entry>();
  const faults: LocatedFault[] = [];
  const holders = new Map<string, number>();
  const values = new NodeValues();
  const faulty = new Set<number>();
  const error = (index: number, where: readonly (string | number)[], type: string, message: string, severe = true) => {
    const node = list.items[index]?.node ?? list;
    const at = nodeAt(node, where, values).start;
    const path = ['regions', index, ...where];
    if (severe) faulty.add(index);
    faults.push({ at, item: index, path, type, message, severity: severe ? 'error' : 'warning' });
  };
  for (const [index, value] of raw.entries()) {
    if (!isJsonObject(value) || !isBounded(value)) {
      error(index, [], 'type', 'A region must be an object of settings, of a reasonable size.');
      continue;
    }
    const fields = canonicalRegion(value);
    entries.set(index, { fields });
    const said = (found: readonly Fault[], severe: boolean) => {
      for (const { path, type, message } of found) {
        const where = placeIn(value, path);
        const subject = where[0] === undefined || message.startsWith(String(where[0])) ? '' : `${where[0]} `;
        error(index, where, type, `${subject}${message}.`, severe);
      }
    };
    said(checkRegion(fields), true);
    said(checkNewPolygon(fields.polygon), false);
    const { id } = fields;
    if (typeof id !== 'string') continue;
    const holder = holders.get(id);
    if (holder === undefined || faulty.has(holder)) holders.set(id, index);
    if (holder !== undefined)
      error(
        faulty.has(holder) && !faulty.has(index) ? holder : index,
        placeIn(value, ['region_id']),
        'duplicate_id',
        'Another region has this id; give each its own.',
      );
  }
  return { entries, faults };
}

/** The path of a fault under the name that the file uses. */
function placeIn(value: JsonObject, [first, ...rest]: Fault['path']): (string | number)[] {
  const field = first === 'region_id' ? 'id' : String(first);
  const name = [field, ...namesInFile(field)].find((one) => Object.hasOwn(value, one)) ?? String(first);
  return [name, ...rest.map((part) => (/^\d+$/.test(String(part)) ? Number(part) : part))];
}

function editRegions({ text, reading, found }: RegionsDocument, edits: readonly ConfigEdit[]): string {
  if (!found || !reading.readable) throw notEditable();
  const items: (Json | undefined)[] = [...found.raw];
  const added: JsonObject[] = [];
  let { meta } = found;
  const indexOf = (id: string) => {
    const valid = found.items.cameras[reading.entries.findIndex((fields) => fields.id === id)];
    return valid ?? found.items.faulty[reading.faulty.findIndex((entry) => entry.id === id)];
  };
  for (const edit of edits) {
    const id = edit.kind === 'add' ? String(edit.fields.id) : edit.id;
    if (id === CANVAS_ID) meta = edit.kind === 'remove' ? undefined : withoutUndefined({ ...meta, ...edit.fields });
    else if (edit.kind === 'remove') {
      for (const index of found.raw.keys()) if (idOf(found.raw[index]) === id) items[index] = undefined;
    } else {
      const index = indexOf(id);
      const before = index === undefined ? undefined : items[index];
      const fields = edit.kind === 'add' ? edit.fields : { ...fieldsOf(before), ...edit.fields };
      if (index === undefined) added.push(written(withoutUndefined(fields)));
      else items[index] = written(withoutUndefined(fields));
    }
  }
  return applySplices(text, [
    ...listSplices(text, found.list, found.raw, items, added),
    ...metaSplices(text, found, meta),
  ]);
}

const idOf = (value: Json | undefined): Json | undefined =>
  isJsonObject(value) ? canonicalRegion(value).id : undefined;
const fieldsOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? canonicalRegion(value) : {});

const withoutUndefined = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).flatMap(([k, v]): [string, Json][] => (v === undefined ? [] : [[k, v]])));

/** A region under the names of the file. */
const written = ({ id, ...fields }: JsonObject): JsonObject => ({ region_id: id ?? null, ...fields });

/** Two-space indent, as the old backend wrote it, with each corner on one line. */
function rendered(value: Json, column: number): string {
  const lines = JSON.stringify(value, null, INDENT).replaceAll(
    /\[\n\s+(-?[\d.eE+-]+),\n\s+(-?[\d.eE+-]+)\n\s+\]/g,
    '[$1, $2]',
  );
  return lines.replaceAll('\n', `\n${' '.repeat(column)}`);
}

const indentAt = (text: string, at: number): number => {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^\s*$/.test(line) ? line.length : INDENT * 2;
};

/** Unchanged items keep their bytes; what stands between two of them, too. */
function listSplices(
  text: string,
  list: ListNode,
  before: readonly Json[],
  after: readonly (Json | undefined)[],
  added: readonly JsonObject[],
): Splice[] {
  if (added.length === 0 && after.every((value, i) => value === before[i])) return [];
  const [first] = list.items;
  const column = first ? indentAt(text, first.start) : INDENT * 2;
  const gap = first ? text.slice(list.start + 1, first.start) : `\n${' '.repeat(column)}`;
  const tail = text.slice(list.items.at(-1)?.end ?? list.end - 1, list.end - 1);
  const end = first ? tail : `\n${' '.repeat(column - INDENT)}`;
  const kept = list.items.flatMap(({ start, end: stop }: Item, i) => {
    const value = after[i];
    if (value === undefined) return [];
    return [value === before[i] ? text.slice(start, stop) : rendered(value, column)];
  });
  const all = [...kept, ...added.map((value) => rendered(value, column))];
  const body = all.length === 0 ? '' : `${gap}${all.join(`,${gap}`)}${end}`;
  return [{ start: list.start, end: list.end, text: `[${body}]` }];
}

function metaSplices(
  text: string,
  { root, list, meta: before }: NonNullable<RegionsDocument['found']>,
  meta: JsonObject | undefined,
): Splice[] {
  const { id: _, ...wanted } = meta ?? {};
  if (sameJson(wanted, before ?? {})) return [];
  const pair = root.pairs.find(({ key }) => key.text === 'meta');
  const value = Object.keys(wanted).length === 0 ? 'null' : rendered(wanted, INDENT);
  if (pair) return [{ start: pair.value.start, end: pair.value.end, text: value }];
  const own = root.pairs.find((one) => resolved(one.value) === list);
  const at = own?.start ?? root.start + 1;
  const column = indentAt(text, at);
  return [{ start: at, end: at, text: `"meta": ${rendered(wanted, column)},\n${' '.repeat(column)}` }];
}
