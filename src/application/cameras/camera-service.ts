import { type CameraRepository, Camera } from '../../domain/cameras/camera';
import type { RevisionRepository } from '../../domain/shared/config-revision';
import { DomainError, isAnswer } from '../../domain/shared/domain-error';
import { undo } from '../../domain/shared/entry-changes';
import { type Json, type JsonObject, sameJson } from '../../domain/shared/json';
import { type CallContext, currentCall, noteChange, runInCall } from '../shared/call-context';
import type { Clock } from '../shared/log';
import type { Decide } from '../shared/configuration-plans';
import { cameraSet } from './camera-kind';
import type { EntrySet } from '../shared/entry-set';
import { type CameraView, cameraView } from './camera-view';
import type { CameraFilter, CameraKey, CameraPatch, CamerasPort, VersionedCamera } from './cameras-port';

/** The operations on cameras, the same on both paths; `change` is how the path stores a change. */
export class CameraCommands implements Pick<CamerasPort, 'create' | 'update' | 'remove'> {
  constructor(
    private readonly change: (decide: Decide<Camera>, id: string) => Promise<readonly Camera[]>,
    private readonly clock: Clock,
    private readonly revisions: Pick<RevisionRepository, 'page'>,
  ) {}

  async create(fields: JsonObject) {
    const camera = Camera.register(fields, this.clock());
    const after = await this.change((all) => cameraSet.add(all, camera), camera.id);
    return { ok: true as const, camera: cameraView(cameraSet.find(after, camera.id)) };
  }

  async update({ camera_id, if_match, ...patch }: CameraPatch) {
    const to = (camera: Camera) => camera.change(patch, this.clock());
    const change: Decide<Camera> = (all, unseen) => cameraSet.replace(all, camera_id, to, unseen);
    const after = await this.changeAsRead({ camera_id, if_match }, change, to);
    return { status: 'success' as const, camera: cameraView(cameraSet.find(after, camera_id)) };
  }

  async remove({ camera_id, if_match }: VersionedCamera) {
    await this.changeAsRead({ camera_id, if_match }, (all) => cameraSet.remove(all, camera_id));
    return { status: 'success' as const };
  }

  /** `to`: what the caller wants of the camera; absent for a removal. */
  private async changeAsRead({ camera_id, if_match }: VersionedCamera, decide: Decide<Camera>, to?: ToCamera) {
    const asRead: Decide<Camera> = (all, unseen) => {
      const present = all.entries.find(({ id }) => id === camera_id);
      // A quarantined entry has no version; whoever names one has read a camera that is none any more.
      if (if_match !== undefined && present?.version !== if_match)
        throw new ReadAnother(cameraSet.find(all.entries, camera_id));
      return decide(all, unseen);
    };
    try {
      return await this.change(asRead, camera_id);
    } catch (error) {
      if (error instanceof ReadAnother) throw await this.changedSince(error.present, if_match ?? '', to);
      throw error;
    }
  }

  /** Says what the others changed since the version that the caller has read, and who. */
  private async changedSince(present: Camera, version: string, to?: ToCamera): Promise<DomainError> {
    const { items } = await this.revisions.page(MOST_LOOKED_THROUGH, 0);
    const own = items.filter(({ changes }) => changes.some(({ id }) => id === present.id));
    const read = own.findIndex(({ at }) => at.getTime() <= Date.parse(version));
    const newer = read < 0 ? [] : own.slice(0, read);
    const [before] = newer.reduce(
      (fields: readonly JsonObject[], one) => {
        return undo(
          fields,
          one.changes.filter(({ id }) => id === present.id),
        );
      },
      [present.fields],
    );
    const base = newer.length > 0 && before ? Camera.restore(before, present.createdAt, present.updatedAt) : undefined;
    const mine = to?.(base ?? present);
    const [last] = own;
    const message = `Camera "${present.id}" was changed at ${present.version}, after you read it: look at both and decide field by field.`;
    return new DomainError('camera.changed', message, {
      extra: {
        updated_at: present.version,
        changed_by: last
          ? { author: last.author, at: last.at.toISOString(), revision: last.number, origin: last.origin }
          : null,
        conflicts: conflictsOf(base, present, mine),
      },
    });
  }
}

type ToCamera = (camera: Camera) => Camera;

/** A camera as it was read may be as many revisions old; what it was before those is not looked for. */
const MOST_LOOKED_THROUGH = 200;

/** The camera is not the one that the caller has read. Never leaves `CameraCommands`. */
class ReadAnother extends DomainError {
  constructor(readonly present: Camera) {
    super('camera.changed', `Camera "${present.id}" was changed after it was read.`);
  }
}

/** Every field that somebody changed, as it was read, as it is now and as it was sent; null where it is not known. */
function conflictsOf(base: Camera | undefined, theirs: Camera, mine: Camera | undefined): JsonObject[] {
  const written = [base, theirs, mine].map((camera) => camera?.fields ?? {});
  const shown = [base, theirs, mine].map((camera): JsonObject => (camera ? cameraView(camera) : {}));
  const fields = [...new Set(written.flatMap((one) => Object.keys(one)))];
  const differs = (field: string) => {
    const [before, now, sent] = written.map((one) => one[field]);
    return (
      (base !== undefined && !sameJson(before, now)) || (mine !== undefined && !sameJson(base ? before : now, sent))
    );
  };
  return fields.filter(differs).map((field) => {
    const [before = null, now = null, sent = null] = shown.map((one): Json | undefined => one[field]);
    return { field, base: before, theirs: now, mine: sent };
  });
}

type Cameras = readonly Camera[];
type Change = (decide: Decide<Camera>) => Promise<Cameras>;

/** One caller's change of one camera, waiting for its batch. */
interface Waiting {
  readonly id: string;
  readonly decide: Decide<Camera>;
  readonly context: CallContext | undefined;
  readonly resolve: (made: Made) => void;
  readonly reject: (error: unknown) => void;
}

interface Made {
  readonly cameras: Cameras;
  /** Where the change is recorded. */
  readonly changed: CallContext['changed'];
}

const MOST_AT_ONCE = 64;

/**
 * Changes that arrive while another is in progress are made as one batch (group commit): one transaction, one revision,
 * one write of the file. In a batch every camera is changed once, and all changes are of one caller, so that a revision
 * still says who changed what. A change that is refused is refused alone.
 */
export class ChangeBatcher {
  private waiting: Waiting[] = [];
  private busy = false;

  /** `make` makes one change in the way of a path. */
  constructor(private readonly make: Change) {}

  readonly change = async (decide: Decide<Camera>, id: string): Promise<Cameras> => {
    const made = new Promise<Made>((resolve, reject) => {
      this.waiting.push({ id, decide, context: currentCall(), resolve, reject });
    });
    if (!this.busy) void this.work();
    const { cameras, changed } = await made;
    if (changed) noteChange(changed);
    return cameras;
  };

  private async work(): Promise<void> {
    this.busy = true;
    for (let first = this.waiting[0]; first; first = this.waiting[0])
      await this.together(first, () => this.nextGroup());
    this.busy = false;
  }

  private nextGroup(): Waiting[] {
    const ids = new Set<string>();
    const actor = this.waiting[0]?.context?.actor;
    const fits = ({ id, context }: Waiting) => ids.size < MOST_AT_ONCE && context?.actor === actor && !ids.has(id);
    for (const one of this.waiting) {
      if (!fits(one)) break;
      ids.add(one.id);
    }
    return this.waiting.splice(0, ids.size);
  }

  /**
   * The batch is collected as late as possible, so that changes that arrive until the cameras are locked and read
   * belong to it. If the batch is refused as a whole, such as by a text that cannot hold one of its changes, each is
   * tried alone.
   */
  private async together(first: Waiting, take: () => readonly Waiting[]): Promise<void> {
    const refused = new Map<Waiting, unknown>();
    let group: readonly Waiting[] | undefined;
    const decide: Decide<Camera> = (...now) => decideAll((group ??= take()), refused, now);
    try {
      const made = await inCallOf(first.context, () => this.make(decide));
      for (const one of group ?? [])
        if (refused.has(one)) one.reject(refused.get(one));
        else one.resolve(made);
    } catch (error) {
      group ??= take();
      if (group.length > 1 && isAnswer(error)) for (const one of group) await this.together(one, () => [one]);
      else for (const one of group) one.reject(error);
    }
  }
}

/** Each change is decided on the result of those before it; an error ends only its own change. */
function decideAll(
  group: readonly Waiting[],
  refused: Map<Waiting, unknown>,
  [present, unseen]: Parameters<Decide<Camera>>,
): EntrySet<Camera> {
  refused.clear();
  return group.reduce((before, one) => {
    try {
      return one.decide(before, unseen);
    } catch (error) {
      refused.set(one, error);
      return before;
    }
  }, present);
}

/** Runs as a call of its own under the first caller's name, and answers the revision it recorded. */
async function inCallOf(first: CallContext | undefined, run: () => Promise<Cameras>): Promise<Made> {
  if (!first) return { cameras: await run(), changed: undefined };
  const { requestId, actor } = first;
  const context: CallContext = { requestId, ...(actor === undefined ? {} : { actor }) };
  return { cameras: await runInCall(context, run), changed: context.changed };
}

/** Cameras on the domain path: reads come from the table, every change is one revision of table and file. */
export class CameraService implements CamerasPort {
  private seen?: { readonly revision: number; readonly views: readonly CameraView[] };

  constructor(
    private readonly cameras: Pick<CameraRepository, 'all' | 'get'>,
    private readonly revisions: Pick<RevisionRepository, 'newest'>,
    private readonly commands: CameraCommands,
  ) {}

  async list({ active_only }: CameraFilter) {
    const views = await this.views();
    return { cameras: views.filter((view) => !active_only || view.active) };
  }

  async get({ camera_id }: CameraKey) {
    const camera = await this.cameras.get(camera_id);
    return cameraView(cameraSet.find(camera ? [camera] : [], camera_id));
  }

  /**
   * Every list queries the number of the newest revision, so a list is never older than the call; the cameras
   * themselves are read again only when that has changed. Queried before the read, the number can only be too old.
   */
  private async views(): Promise<readonly CameraView[]> {
    const revision = await this.revisions.newest();
    if (this.seen?.revision !== revision) this.seen = { revision, views: (await this.cameras.all()).map(cameraView) };
    return this.seen.views;
  }

  create = (fields: JsonObject) => this.commands.create(fields);
  update = (patch: CameraPatch) => this.commands.update(patch);
  remove = (key: VersionedCamera) => this.commands.remove(key);
}
