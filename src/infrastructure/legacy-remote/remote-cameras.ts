import { outsideCalls } from '../../application/shared/call-context';
import type { Configuration } from '../../application/shared/configuration';
import { type Decide, fileInvalid } from '../../application/shared/configuration-plans';
import { CameraCommands } from '../../application/cameras/camera-service';
import { cameraKind, cameraSet } from '../../application/cameras/camera-kind';
import type { EntrySet, Quarantined } from '../../application/shared/entry-set';
import { TimesInTable, cameraView } from '../../application/cameras/camera-view';
import type { ConfigEdit } from '../../application/shared/config-file';
import type {
  CameraFilter,
  CameraKey,
  CameraPatch,
  CamerasPort,
  VersionedCamera,
} from '../../application/cameras/cameras-port';
import { editsOf } from '../../application/shared/configuration-reconciliation';
import type { Clock, Log } from '../../application/shared/log';
import { within } from '../../application/shared/within';
import { type CameraRepository, CAMERA_DEFAULTS, Camera } from '../../domain/cameras/camera';
import { changesBetween } from '../../domain/shared/entry-changes';
import type { RevisionRepository } from '../../domain/shared/config-revision';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import type { Fault } from '../../domain/shared/fault';
import { type Json, type JsonObject, isBounded, isJsonObject } from '../../domain/shared/json';
import { type OldAnswer, unreadableAnswer } from './old-backend-answer';
import type { OldBackendClient } from './old-backend-client';
import { CAMERA_RULES, canonical, checkCamera, isKnownField } from '../../domain/cameras/camera-rules';
import { CAMERA_ID } from '../../domain/shared/value-rules';

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

const CAMERAS = '/cameras';

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
function refuseUnaddressable({ addressable }: Listed, id: string): void {
  if (addressable.has(id)) return;
  const message = `The old backend cannot find the camera "${id}" again: quote its id in the cameras file, or correct it.`;
  throw new DomainError('legacy.camera_id', message);
}

const WORD = /^[\w-]{1,50}$/;
/** `Missing field: name`, or the same in Chinese. */
const MISSING = /^(?:Missing field|缺少必填字段): ([\w-]{1,50})$/;

/**
 * A refusal of the old backend as the equivalent refusal of this service. Its texts are read but never passed on: they
 * may hold anything. A missing field is 400 or 409, depending on the path it took inside.
 */
export function cameraRefusal({ status, body: { detail = null } }: OldAnswer, id: string): DomainError {
  const missing = typeof detail === 'string' ? MISSING.exec(detail)?.[1] : undefined;
  if (missing !== undefined) return invalid([{ path: [missing], type: 'missing', message: `${missing} is required` }]);
  if (status === 404) return new DomainError('camera.not_found', `There is no camera "${id}".`, { params: { id } });
  if (status === 409) return new DomainError('camera.exists', `There is a camera "${id}" already.`, { params: { id } });
  return invalid(Array.isArray(detail) ? detail.map(faultOf) : []);
}

function invalid(faults: readonly Fault[]): DomainError {
  const where = faults.map((f) => f.path.join('.')).filter((path) => path !== '');
  const message = `The old backend refused the camera${where.length > 0 ? `: look at ${where.join(', ')}` : ''}.`;
  return new DomainError('camera.invalid', message, { faults });
}

/** An item of its validation, whose `loc` starts with where the value was sent. */
function faultOf(item: Json): Fault {
  const { loc, type } = isJsonObject(item) ? item : { loc: null, type: null };
  const steps: readonly Json[] = Array.isArray(loc) ? loc.slice(1) : [];
  const path = steps.filter((step): step is string | number => WORD.test(String(step)));
  const kind = typeof type === 'string' && WORD.test(type) ? type : 'refused';
  return { path, type: kind, message: 'is refused by the old backend' };
}

const ABSORB_WITHIN_MS = 3_000;

/** Changes of the cameras that the old backend carries out. */
class RemoteCameraChanges {
  constructor(
    private readonly backend: OldBackendClient,
    private readonly cameras: RemoteCameraList,
    private readonly configuration: Pick<Configuration<Camera>, 'reconcile'>,
    private readonly log: Log,
  ) {}

  /** Answers the cameras after the change, as the old backend lists them. */
  async change(decide: Decide<Camera>): Promise<readonly Camera[]> {
    const unseen = await this.reconcileOrRefuse();
    const listed = await this.cameras.forChange();
    const next = decide(listed, unseen);
    const edits = editsOf(listed, next).map((edit) => inPlace(edit, listed));
    for (const edit of edits) {
      if (edit.kind !== 'add') refuseUnaddressable(listed, edit.id);
      await this.send(edit, next.entries);
    }
    if (edits.length === 0) return listed.entries;
    await this.absorb();
    return this.readBack(next.entries);
  }

  /** The old backend replaces a file with faults by one that holds nothing but its change. */
  private async reconcileOrRefuse() {
    // What somebody else wrote into the file is not this caller's doing.
    const { head, faults, unseen } = await outsideCalls(() => this.configuration.reconcile());
    if (!head || faults.length > 0)
      throw fileInvalid(cameraKind, faults, 'The cameras file has faults and nothing was changed');
    return unseen;
  }

  private async send(edit: ConfigEdit, next: readonly Camera[]): Promise<void> {
    const id = edit.kind === 'add' ? String(edit.fields.id) : edit.id;
    const answer = await this.request(
      edit,
      next.find((camera) => camera.id === id),
    );
    if (answer.status !== 200) throw cameraRefusal(answer, id);
  }

  private request(edit: ConfigEdit, after: Camera | undefined): Promise<OldAnswer> {
    switch (edit.kind) {
      case 'add':
        return this.backend.write('POST', CAMERAS, edit.fields);
      case 'set':
        return this.backend.write('PUT', pathOf(edit.id), merged(edit.fields, after));
      case 'remove':
        return this.backend.write('DELETE', pathOf(edit.id));
    }
  }

  /**
   * Where both services have one file, the table has the change before the caller has its answer. The change itself is
   * made: no error from here on may make it look as if it was not.
   */
  private async absorb(): Promise<void> {
    const late = () => this.log.warn('a change by the old backend is not in the table yet');
    try {
      await within(ABSORB_WITHIN_MS, this.configuration.reconcile(), late);
    } catch (error) {
      this.log.warn('a change by the old backend could not be taken in yet', { error });
    }
  }

  private async readBack(written: readonly Camera[]): Promise<readonly Camera[]> {
    try {
      return await this.cameras.all();
    } catch (error) {
      this.log.warn('a change by the old backend could not be read back', { error });
      return written;
    }
  }
}

/** The old backend merges an update into its entry of this id, faulty or not. */
function inPlace(edit: ConfigEdit, { quarantined }: EntrySet<Camera>): ConfigEdit {
  const entry = edit.kind === 'add' ? quarantined.find(({ id }) => id === edit.fields.id) : undefined;
  if (edit.kind !== 'add' || entry?.id === undefined) return edit;
  const [change] = changesBetween([entry.fields], [edit.fields]);
  const fields = Object.fromEntries((change?.fields ?? []).map(({ field, after }) => [field, after]));
  return { kind: 'set', id: entry.id, fields };
}

const pathOf = (id: string): string => `${CAMERAS}/${encodeURIComponent(id)}`;

/** The old backend can set fields but not remove them: a field that is reset is sent with the value of its default. */
const merged = (fields: Readonly<Record<string, Json | undefined>>, after: Camera | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === undefined ? absent(name, after) : value]),
  );

function absent(name: string, after: Camera | undefined): Json {
  if (name === 'env' || name === 'metadata') return {};
  if (name === 'status') return after?.status ?? null;
  return Object.entries(CAMERA_DEFAULTS).find(([field]) => field === name)?.[1] ?? null;
}

/** Cameras as the running old backend keeps them. What may be done to them is decided here, as on the other paths. */
export class RemoteCameras implements CamerasPort {
  private readonly cameras: RemoteCameraList;
  private readonly commands: CameraCommands;

  constructor(
    backend: OldBackendClient,
    lastGood: CameraRepository,
    revisions: Pick<RevisionRepository, 'page'>,
    configuration: Pick<Configuration<Camera>, 'reconcile'>,
    clock: Clock,
    log: Log,
  ) {
    this.cameras = new RemoteCameraList(backend, lastGood, clock);
    const changes = new RemoteCameraChanges(backend, this.cameras, configuration, log);
    this.commands = new CameraCommands((decide) => changes.change(decide), clock, revisions);
  }

  /** The old backend does not know `active_only` on its legacy path. */
  async list({ active_only }: CameraFilter) {
    return { cameras: (await this.cameras.all()).filter((c) => !active_only || c.active).map(cameraView) };
  }

  /** The old backend has no operation for one camera. */
  async get({ camera_id }: CameraKey) {
    return cameraView(cameraSet.find(await this.cameras.all(), camera_id));
  }

  create = (fields: JsonObject) => this.commands.create(fields);
  update = (patch: CameraPatch) => this.commands.update(patch);
  remove = (key: VersionedCamera) => this.commands.remove(key);
}
