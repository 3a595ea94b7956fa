import type { ConfigEdit, ConfigFormat, ConfigReading } from '../../application/shared/config-file';
import { type CameraFields, canonical } from '../../domain/cameras/camera-rules';
import { unmaskField } from '../../domain/cameras/camera-secrets';
import { DomainError } from '../../domain/shared/domain-error';
import { idOf } from '../../domain/shared/entry-changes';
import { type Json, isBounded, sameJson } from '../../domain/shared/json';
import type { CameraEntry } from './camera-entry';
import { CameraParts } from './camera-parts';
import { type CamerasDocument, readCamerasDocument } from './cameras-document';
import { editList, editMap } from './edit-members';
import { type AliasNode, type LocatedNode, NodeValues } from './located-node';
import { mapLines, maskYaml, maskedLines } from './mask-yaml';
import { renderValue } from './replace-value';
import { type Splice, applySplices, notEditable } from './text-lines';
import type { YamlDocument } from './yaml-document';

const MAX_NODES = 10_000;

/**
 * When a value with an anchor is removed, its aliases keep the old value: the first alias that stays becomes the
 * anchor, with the value written out.
 */
function rescueAnchors(document: YamlDocument, splices: readonly Splice[], values: NodeValues): Splice[] {
  const removed = splices.filter((splice) => splice.end > splice.start).sort((a, b) => a.start - b.start);
  const isGone = (at: number): boolean => {
    let low = 0;
    let high = removed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((removed[middle]?.end ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return (removed[low]?.start ?? Number.POSITIVE_INFINITY) <= at;
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
  // A bare number keeps its spelling: it may be intended as text (`007`).
  const isBare =
    target.kind === 'scalar' && target.style === 'plain' && !target.tag && typeof target.value !== 'string';
  if (isBare) return target.text || 'null';
  const { value, size } = values.of(target);
  if (size > MAX_NODES) throw notEditable();
  return renderValue(value, true, target);
}

/** A camera as it is to be written, and which item of the list it comes from (none if it is new). */
interface Wanted {
  readonly origin?: number;
  readonly fields: CameraFields;
}

interface Target {
  /** In the order of the text, new ones last. */
  readonly cameras: readonly Wanted[];
  /** Items that stay unchanged. */
  readonly faulty: readonly number[];
}

/** Each further round preserves values that other cameras inherited from a value the round before has changed. */
const MAX_ROUNDS = 3;

/** @throws DomainError `not-found` for an unknown id, `conflict` if the text cannot be edited safely */
function editCameras(
  document: CamerasDocument,
  edits: readonly ConfigEdit[],
  read: (text: string) => CamerasDocument,
): CamerasDocument {
  if (!document.reading.readable) throw notEditable('The camera file has errors; correct these first.');
  let wanted = applyEdits(document, edits);
  let current = document;
  for (let round = 0; !isAsWanted(current, wanted); round += 1) {
    if (round === MAX_ROUNDS) throw notEditable();
    current = read(editOnce(current, wanted));
    wanted = inPlace(current, wanted);
  }
  return current;
}

/** The same for a text that was edited. */
function inPlace({ cameras, reading }: CamerasDocument, { cameras: wanted, faulty }: Target): Target {
  const isComplete =
    reading.readable && reading.entries.length === wanted.length && reading.faulty.length === faulty.length;
  if (!cameras || !isComplete) throw notEditable();
  const { items } = cameras;
  return { cameras: wanted.map(({ fields }, i) => ({ origin: items.cameras[i], fields })), faulty: items.faulty };
}

function isAsWanted({ cameras, reading }: CamerasDocument, wanted: Target): boolean {
  const items = cameras?.items ?? { cameras: [], faulty: [] };
  return (
    sameJson(items.faulty, wanted.faulty) &&
    items.cameras.length === wanted.cameras.length &&
    wanted.cameras.every(({ origin, fields }, i) => origin === items.cameras[i] && sameJson(fields, reading.entries[i]))
  );
}

function applyEdits({ cameras, reading }: CamerasDocument, edits: readonly ConfigEdit[]): Target {
  const { items } = cameras ?? { items: { cameras: [], faulty: [] } };
  const wanted: Wanted[] = reading.entries.map((fields, i) => ({ origin: items.cameras[i], fields }));
  let faulty = reading.faulty.map(({ id, fields }, i) => ({ item: items.faulty[i], id, fields }));
  const noCamera = () => new DomainError('camera.not_found', 'There is no camera of this id in the file.');
  for (const edit of edits) {
    const id = edit.kind === 'add' ? edit.fields.id : edit.id;
    const index = wanted.findIndex(({ fields }) => fields.id === id);
    const old = wanted[index];
    const inQuarantine = faulty.find((entry) => entry.id === id);
    if (edit.kind === 'remove') {
      if (!old && !inQuarantine) throw noCamera();
      if (old) wanted.splice(index, 1);
      faulty = faulty.filter((entry) => entry.id !== id);
    } else if (edit.kind === 'set' && old) {
      wanted[index] = { ...old, fields: withChanges(old.fields, edit.fields) };
    } else if (inQuarantine && !old) {
      const fields =
        edit.kind === 'add' ? canonical(bounded(edit.fields)) : withChanges(inQuarantine.fields, edit.fields);
      wanted.push({ origin: inQuarantine.item, fields });
      faulty = faulty.filter((entry) => entry !== inQuarantine);
    } else if (edit.kind === 'add') {
      wanted.push({ fields: canonical(bounded(edit.fields)) });
    } else {
      throw noCamera();
    }
  }
  const place = ({ origin = Number.POSITIVE_INFINITY }: Wanted) => origin;
  const inOrder = wanted.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  return { cameras: inOrder, faulty: faulty.flatMap(({ item }) => item ?? []) };
}

function withChanges(old: CameraFields, changes: Readonly<Record<string, Json | undefined>>): CameraFields {
  const all = Object.entries({ ...old, ...changes });
  const present = all.flatMap(([name, value]): [string, Json][] => (value === undefined ? [] : [[name, value]]));
  return canonical(bounded(Object.fromEntries(present)));
}

function bounded(fields: CameraFields): CameraFields {
  if (!isBounded(fields)) throw notEditable('This camera has too many values, or they are nested too deeply.');
  return fields;
}

function editOnce(document: CamerasDocument, { cameras: wanted, faulty }: Target): string {
  const { cameras, text } = document;
  if (!cameras) throw notEditable();
  const kept = new Set([...wanted.map(({ origin }) => origin), ...faulty]);
  const added = wanted.filter(({ origin }) => origin === undefined).map(({ fields }) => fields);
  const splices = wanted.flatMap(({ origin, fields }) => {
    const entry = origin === undefined ? undefined : cameras.entries.get(origin);
    return entry && !sameJson(entry.fields, fields) ? editEntry(document, entry, fields) : [];
  });
  splices.push(...editList(text, cameras, (index) => !kept.has(index), added));
  return applySplices(text, [...splices, ...rescueAnchors(document, splices, new NodeValues())]);
}

/** `active` may be written under its old name `enabled`. */
function editEntry(document: CamerasDocument, { map, members, fields }: CameraEntry, wanted: CameraFields): Splice[] {
  const old = members.get('enabled');
  const isOld = !members.has('active') && old !== undefined && !old.inherited;
  const written = ({ active, ...rest }: CameraFields): CameraFields =>
    isOld && active !== undefined
      ? { ...rest, enabled: active }
      : { ...rest, ...(active === undefined ? {} : { active }) };
  return editMap(document, map, written(fields), written(wanted));
}

/** The first one of each id, faulty or not. */
function entriesById({ cameras }: CamerasDocument): Map<string, CameraFields> {
  const all = [...(cameras?.entries.values() ?? [])].reverse();
  return new Map(all.map(({ fields }) => [idOf(fields), fields]));
}

/** Undefined where nothing is masked. */
function unmaskFields(sent: CameraFields, stored: CameraFields): CameraFields | undefined {
  const all = Object.entries(sent).map(([name, value]) => [name, unmaskField(name, value, stored[name])] as const);
  const fields = Object.fromEntries(all);
  return sameJson(fields, sent) ? undefined : fields;
}

function sameCameras(one: ConfigReading, other: ConfigReading): boolean {
  const content = ({ entries, faulty }: ConfigReading): Json => [[...entries], faulty.map(({ fields }) => fields)];
  return one.readable === other.readable && sameJson(content(one), content(other));
}

const editPart = (document: CamerasDocument, edits: readonly ConfigEdit[]): CamerasDocument =>
  editCameras(document, edits, readCamerasDocument);

/** `cameras.yaml`: YAML 1.2 with merge keys, edited in place. */
export class YamlCamerasFormat implements ConfigFormat {
  /** A text is usually read again right after it was edited, and edited right after it was read. */
  private last?: CamerasDocument | undefined;
  /** The same text after an edit that left most of it unread, or before one. */
  private parts?: CameraParts | undefined;

  read(text: string): ConfigReading {
    return this.parts?.text === text ? this.parts.reading : this.document(text).reading;
  }

  edit(text: string, edits: readonly ConfigEdit[]): string {
    if (this.parts?.text !== text) this.parts = CameraParts.of(this.document(text));
    const edited = this.parts?.edited(edits, { read: readCamerasDocument, edit: editPart });
    if (!edited) return editCameras(this.document(text), edits, (next) => this.document(next)).text;
    this.last = undefined;
    this.parts = edited;
    return edited.text;
  }

  mask(text: string): string {
    return maskYaml(this.document(text));
  }

  /**
   * The text with the secrets of `known` in place of their masks: camera by camera and field by field, and in comments
   * that fill a line. What has no counterpart there keeps its mask. A line that is otherwise unchanged gets back the
   * quotes that it had.
   */
  unmask(text: string, known: string): string {
    const stored = this.document(known);
    const originals = maskedLines(stored);
    const isComment = (line: string) => line.trimStart().startsWith('#');
    const masked = mapLines(text, (line) => (isComment(line) ? (originals.get(line) ?? line) : line));
    const unmasked = this.withSecrets(masked, entriesById(stored));
    if (unmasked === masked) return masked;
    const lines = unmasked.split(/\r\n|\n|\r/);
    const asBefore = mapLines(masked, (line, i) =>
      lines[i] === line ? line : (originals.get(line) ?? lines[i] ?? ''),
    );
    return sameCameras(this.read(asBefore), this.read(unmasked)) ? asBefore : unmasked;
  }

  private withSecrets(text: string, stored: ReadonlyMap<string, CameraFields>): string {
    const document = this.document(text);
    const faulty = new Set(document.cameras?.items.faulty);
    const news = [...(document.cameras?.entries ?? [])].flatMap(([item, entry]) => {
      const before = stored.get(idOf(entry.fields));
      const fields = before && unmaskFields(entry.fields, before);
      return fields ? [{ isFaulty: faulty.has(item), entry, fields }] : [];
    });
    // A faulty entry cannot be edited as a camera, which would have to be read back without faults.
    const splices = news.flatMap(({ isFaulty, entry, fields }) => (isFaulty ? editEntry(document, entry, fields) : []));
    const edits = news.flatMap(({ isFaulty, entry, fields }): ConfigEdit[] =>
      isFaulty ? [] : [{ kind: 'set', id: idOf(entry.fields), fields }],
    );
    const withFaulty = applySplices(text, splices);
    return document.reading.readable && edits.length > 0 ? this.edit(withFaulty, edits) : withFaulty;
  }

  private document(text: string): CamerasDocument {
    if (this.last?.text !== text) this.last = readCamerasDocument(text);
    return this.last;
  }
}
