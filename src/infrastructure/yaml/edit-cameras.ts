import type { CamerasEdit } from '../../application/cameras/cameras-format';
import { type CameraFields, canonical } from '../../domain/cameras/camera-rules';
import { DomainError } from '../../domain/shared/domain-error';
import { isBounded, type Json, sameJson } from '../../domain/shared/json';
import type { CameraEntry } from './camera-entry';
import type { CamerasDocument } from './cameras-document';
import { editList } from './edit-list';
import { editMap } from './edit-map';
import { NodeValues } from './node-values';
import { notEditable } from './not-editable';
import { rescueAnchors } from './rescue-anchors';
import { applySplices, type Splice } from './splice';

/** A camera as it shall be, and which entry of the text it comes from (none if it is new). */
interface Wanted {
  readonly origin?: number;
  readonly fields: CameraFields;
}

/** Each further round pins what other cameras inherited from a value the round before has changed. */
const MAX_ROUNDS = 3;

/** @throws DomainError `not-found` for an unknown id, `conflict` if the text cannot be edited safely */
export function editCameras(
  document: CamerasDocument,
  edits: readonly CamerasEdit[],
  read: (text: string) => CamerasDocument,
): string {
  if (hasErrors(document)) throw notEditable('The camera file has errors; correct these first.');
  let wanted = applyEdits(document.reading.cameras, edits);
  let current = document;
  for (let round = 0; !isAsWanted(current, wanted); round += 1) {
    if (round === MAX_ROUNDS) throw notEditable();
    current = read(editOnce(current, wanted));
    if (hasErrors(current) || current.reading.cameras.length !== wanted.length) throw notEditable();
    wanted = wanted.map(({ fields }, origin) => ({ origin, fields }));
  }
  return current.text;
}

const hasErrors = ({ reading }: CamerasDocument): boolean => reading.faults.some((fault) => fault.severity === 'error');

const isAsWanted = ({ reading: { cameras } }: CamerasDocument, wanted: readonly Wanted[]): boolean =>
  cameras.length === wanted.length &&
  wanted.every(({ origin, fields }, i) => origin === i && sameJson(fields, cameras[i]));

function applyEdits(cameras: readonly CameraFields[], edits: readonly CamerasEdit[]): Wanted[] {
  const wanted: Wanted[] = cameras.map((fields, origin) => ({ origin, fields }));
  for (const edit of edits) {
    if (edit.kind === 'add') {
      wanted.push({ fields: canonical(bounded(edit.fields)) });
      continue;
    }
    const index = wanted.findIndex(({ fields }) => fields.id === edit.id);
    const old = wanted[index];
    if (!old) throw new DomainError('not-found', 'camera.not_found', 'There is no camera of this id in the file.');
    if (edit.kind === 'remove') wanted.splice(index, 1);
    else wanted[index] = { ...old, fields: withChanges(old.fields, edit.fields) };
  }
  return wanted;
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

function editOnce(document: CamerasDocument, wanted: readonly Wanted[]): string {
  const { cameras, text } = document;
  if (!cameras) throw notEditable();
  const kept = new Set(wanted.map(({ origin }) => origin));
  const added = wanted.filter(({ origin }) => origin === undefined).map(({ fields }) => fields);
  const splices = wanted.flatMap(({ origin, fields }) => {
    const entry = origin === undefined ? undefined : cameras.entries[origin];
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
