import { type Camera } from '../../domain/cameras/camera';
import { type CameraChange, changesBetween } from '../../domain/cameras/camera-changes';
import { maskField } from '../../domain/cameras/camera-secrets';
import { DomainError } from '../../domain/shared/domain-error';
import { sameJson, type Json } from '../../domain/shared/json';

const notFound = (id: string) => new DomainError('not-found', 'camera.not_found', `There is no camera "${id}".`);

export function find(cameras: readonly Camera[], id: string): Camera {
  const camera = cameras.find((c) => c.id === id);
  if (!camera) throw notFound(id);
  return camera;
}

/** Throws `camera.exists`. */
export function add(cameras: readonly Camera[], camera: Camera): Camera[] {
  if (cameras.some((c) => c.id === camera.id)) {
    throw new DomainError('conflict', 'camera.exists', `There is a camera "${camera.id}" already.`);
  }
  return [...cameras, camera];
}

/** Throws `camera.not_found`. */
export function remove(cameras: readonly Camera[], id: string): Camera[] {
  const gone = find(cameras, id);
  return cameras.filter((c) => c !== gone);
}

/**
 * Replaces a camera by its changed self. `unseen` are changes of the file that the caller could not have known of:
 * where both changed the same field to different values, `camera.conflict` carries both.
 */
export function replace(
  cameras: readonly Camera[],
  id: string,
  to: (camera: Camera) => Camera,
  unseen: readonly CameraChange[],
): Camera[] {
  const camera = find(cameras, id);
  const changed = to(camera);
  refuseConflicts(camera, changed, unseen);
  return cameras.map((c) => (c === camera ? changed : c));
}

function refuseConflicts(camera: Camera, changed: Camera, unseen: readonly CameraChange[]): void {
  const theirs = unseen.find((change) => change.id === camera.id)?.fields ?? [];
  const ours = changesBetween([camera.fields], [changed.fields])[0]?.fields ?? [];
  const conflicts = ours.flatMap((mine) => {
    const other = theirs.find((change) => change.field === mine.field);
    if (!other || sameJson(other.after, mine.after)) return [];
    const shown = (value: Json | undefined) => (value === undefined ? null : maskField(mine.field, value));
    return [{ field: mine.field, common: shown(other.before), file: shown(other.after), api: shown(mine.after) }];
  });
  if (conflicts.length === 0) return;
  const names = conflicts.map((c) => c.field).join(', ');
  throw new DomainError(
    'conflict',
    'camera.conflict',
    `The cameras file was edited meanwhile and also changed ${names} of "${camera.id}": read the camera again and decide.`,
    { extra: { conflicts } },
  );
}
