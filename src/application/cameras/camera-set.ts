import { Camera } from '../../domain/cameras/camera';
import { type CameraChange, changesBetween } from '../../domain/cameras/camera-changes';
import type { CameraFields } from '../../domain/cameras/camera-rules';
import { maskField } from '../../domain/cameras/camera-secrets';
import { DomainError } from '../../domain/shared/domain-error';
import { type Json, sameJson } from '../../domain/shared/json';

/** An entry of the configuration that is not a camera yet, because it has faults. */
export interface Quarantined {
  /** Absent where it has no valid id. */
  readonly id?: string;
  readonly fields: CameraFields;
}

/** The configuration that changes are decided on: the cameras, and the quarantined entries. */
export interface CameraSet {
  readonly cameras: readonly Camera[];
  readonly quarantined: readonly Quarantined[];
}

const notFound = (id: string) => new DomainError('camera.not_found', `There is no camera "${id}".`);

export function find(cameras: readonly Camera[], id: string): Camera {
  const camera = cameras.find((c) => c.id === id);
  if (!camera) throw notFound(id);
  return camera;
}

/** Throws `camera.exists`. */
export function add({ cameras, quarantined }: CameraSet, camera: Camera): CameraSet {
  if (cameras.some((c) => c.id === camera.id)) {
    throw new DomainError('camera.exists', `There is a camera "${camera.id}" already.`);
  }
  if (quarantined.some((entry) => entry.id === camera.id)) {
    const message =
      `The cameras file has an entry "${camera.id}" already, which is quarantined for its faults: ` +
      'correct it with PUT, or remove it with DELETE.';
    throw new DomainError('camera.exists', message);
  }
  return { cameras: [...cameras, camera], quarantined };
}

/** Every entry of this id; throws `camera.not_found` if there is none, not even a quarantined one. */
export function remove({ cameras, quarantined }: CameraSet, id: string): CameraSet {
  const others = quarantined.filter((entry) => entry.id !== id);
  if (others.length === quarantined.length) find(cameras, id);
  return { cameras: cameras.filter((c) => c.id !== id), quarantined: others };
}

/**
 * Replaces a camera by its changed self; a quarantined entry becomes a camera. `unseen` are changes of the file that
 * the caller could not have known of: where both changed the same field to different values, `camera.conflict` carries
 * both.
 */
export function replace(
  { cameras, quarantined }: CameraSet,
  id: string,
  to: (camera: Camera) => Camera,
  unseen: readonly CameraChange[],
): CameraSet {
  const entry = cameras.some((c) => c.id === id) ? undefined : quarantined.find((e) => e.id === id);
  if (entry) {
    const corrected = to(Camera.restore(entry.fields, NEVER, NEVER));
    return { cameras: [...cameras, corrected], quarantined: quarantined.filter((e) => e !== entry) };
  }
  const camera = find(cameras, id);
  const changed = to(camera);
  refuseConflicts(camera, changed, unseen);
  return { cameras: cameras.map((c) => (c === camera ? changed : c)), quarantined };
}

/** Times of an entry that was never a camera; it gets its own when it is stored. */
const NEVER = new Date(0);

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
    'camera.conflict',
    `The cameras file was edited meanwhile and also changed ${names} of "${camera.id}": read the camera again and decide.`,
    { extra: { conflicts } },
  );
}
