import { byId, changesBetween, idOf } from '../../domain/cameras/camera-changes';
import type { CameraFields } from '../../domain/cameras/camera-rules';
import type { CameraSet } from './camera-set';
import type { CamerasEdit } from './cameras-format';

/** The edits of the text that lead from one configuration to the next. */
export function editsBetween(before: readonly CameraFields[], after: readonly CameraFields[]): CamerasEdit[] {
  const next = byId(after);
  return changesBetween(before, after).map((change): CamerasEdit => {
    switch (change.kind) {
      case 'added':
        return { kind: 'add', fields: next.get(change.id) ?? {} };
      case 'removed':
        return { kind: 'remove', id: change.id };
      case 'changed':
        return { kind: 'set', id: change.id, fields: Object.fromEntries(change.fields.map((f) => [f.field, f.after])) };
    }
  });
}

/** The same, with the quarantined entries that were removed. One that was corrected is among the cameras now. */
export function editsOf(before: CameraSet, after: CameraSet): CamerasEdit[] {
  const fieldsOf = ({ cameras }: CameraSet) => cameras.map((camera) => camera.fields);
  const known = new Set([...before.cameras, ...after.cameras].map((camera) => camera.id));
  const removed = before.quarantined.flatMap((entry) =>
    entry.id === undefined || known.has(entry.id) || after.quarantined.includes(entry) ? [] : [entry.id],
  );
  const edits = editsBetween(fieldsOf(before), fieldsOf(after));
  return [...edits, ...[...new Set(removed)].map((id): CamerasEdit => ({ kind: 'remove', id }))];
}

/** Cameras in the order in which a text has them; a corrected entry stands in the midst of the others. */
export function inOrderOf(text: readonly CameraFields[], cameras: readonly CameraFields[]): readonly CameraFields[] {
  const known = byId(cameras);
  return text.map((fields) => known.get(idOf(fields)) ?? fields);
}
