import type { EntrySet, Quarantined } from '../../application/shared/entry-set';
import { TimesInTable } from '../../application/cameras/camera-view';
import type { Clock } from '../../application/shared/log';
import { Camera } from '../../domain/cameras/camera';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import { CAMERA_RULES, canonical, checkCamera, isKnownField } from '../../domain/cameras/camera-rules';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import { type Json, type JsonObject, isBounded, isJsonObject } from '../../domain/shared/json';
import { CAMERA_ID } from '../../domain/shared/value-rules';
import { unreadableAnswer } from './old-backend-answer';
import type { OldBackendClient } from './old-backend-client';

/** A time of the old backend; one without a zone is UTC. */
function timeOf(value: Json | undefined): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const time = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

const OLD_NAME = 'enabled';

/**
 * An entry of the old backend's file, as it lists it, read as this service reads the file itself: unquoted numbers in
 * text fields are text, a null of a known field is not set (except in `active`, where it counts as false).
 */
export function remoteCamera(entry: JsonObject, answeredAt: Date): Camera {
  const { created_at, updated_at, is_active: _, ...settings } = entry;
  const written = Object.entries(settings).filter(([name, v]) => v !== null || counts(name));
  const fields = canonical(Object.fromEntries(written.map(([name, v]) => [name, asText(name, v)])));
  // Only entries that its domain path wrote have times; the others get the time of the answer, as there is no other.
  return Camera.restore(fields, timeOf(created_at) ?? answeredAt, timeOf(updated_at) ?? answeredAt);
}

const counts = (name: string): boolean => name === 'active' || name === OLD_NAME || !isKnownField(name);

function asText(name: string, value: Json): Json {
  const plain = typeof value === 'number' || typeof value === 'boolean';
  return plain && isKnownField(name) && CAMERA_RULES[name]?.textRule ? String(value) : value;
}

export const CAMERAS = '/cameras';

/** Entries that the old backend lists although they break a rule are quarantined, as they are in the file. */
interface Listed extends EntrySet<Camera> {
  /** Ids under which the old backend finds the camera again. */
  readonly addressable: ReadonlySet<string>;
}

/** The cameras of the old backend. */
export class RemoteCameraList {
  private readonly times: TimesInTable;

  constructor(
    private readonly backend: OldBackendClient,
    private readonly lastGood: CameraRepository,
    private readonly clock: Clock,
  ) {
    this.times = new TimesInTable(lastGood);
  }

  /**
   * The old backend also answers "none" when it cannot read its file, and always on its domain path. Then the
   * configuration in force is the one in the table, as it is for the legacy path on this machine.
   */
  async all(): Promise<readonly Camera[]> {
    const { entries, quarantined } = await this.listed();
    return entries.length + quarantined.length > 0 ? this.times.applyTo(entries) : this.lastGood.all();
  }

  /**
   * The cameras before a change. To a file that it could not read, the old backend would write the new camera alone.
   */
  async forChange(): Promise<Listed> {
    const listed = await this.listed();
    // With the times of the table, by which a caller says which camera it has read.
    if (listed.entries.length + listed.quarantined.length > 0)
      return { ...listed, entries: await this.times.applyTo(listed.entries) };
    if ((await this.lastGood.all()).length === 0) return listed;
    const message = 'The old backend lists no cameras, though this site has some: it probably cannot read its file.';
    throw new Unavailable('legacy.unreadable', message, 'not-started');
  }

  private async listed(): Promise<Listed> {
    const { status, body } = await this.backend.read(CAMERAS);
    const { cameras: entries } = body;
    if (status !== 200 || !Array.isArray(entries)) throw unreadableAnswer('no list of cameras', 'not-started');
    return listedIn(entries, this.clock());
  }
}

function listedIn(entries: readonly Json[], answeredAt: Date): Listed {
  const cameras = new Map<string, Camera>();
  const quarantined: Quarantined[] = [];
  const addressable = new Set<string>();
  for (const entry of entries) {
    if (!isBounded(entry)) throw unreadableAnswer('nested too deeply', 'not-started');
    // A camera without an id cannot be requested.
    if (!isJsonObject(entry) || entry.id === undefined || entry.id === null) continue;
    const camera = remoteCamera(entry, answeredAt);
    // Of two with one id, which its renaming can cause, the first valid one counts.
    if (cameras.has(camera.id)) continue;
    if (checkCamera(camera.fields).length > 0) quarantined.push({ id: camera.id, fields: camera.fields });
    else cameras.set(camera.id, camera);
    if (typeof entry.id === 'string' && CAMERA_ID.test(entry.id)) addressable.add(camera.id);
  }
  return { entries: [...cameras.values()], quarantined, addressable };
}

/** The old backend compares ids without converting them, so one that its file holds as a number is never found. */
export function refuseUnaddressable({ addressable }: Listed, id: string): void {
  if (addressable.has(id)) return;
  const message = `The old backend cannot find the camera "${id}" again: quote its id in the cameras file, or correct it.`;
  throw new DomainError('legacy.camera_id', message);
}
