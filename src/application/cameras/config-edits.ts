import { byId, changesBetween } from '../../domain/cameras/camera-changes';
import type { CameraFields } from '../../domain/cameras/camera-rules';
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
