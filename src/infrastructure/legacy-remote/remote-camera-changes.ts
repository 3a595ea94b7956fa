import type { CameraSet } from '../../application/cameras/camera-set';
import type { CameraConfiguration, Decide } from '../../application/cameras/camera-configuration';
import type { CamerasEdit } from '../../application/cameras/cameras-format';
import { editsOf } from '../../application/cameras/config-edits';
import { fileInvalid } from '../../application/cameras/config-errors';
import type { Log } from '../../application/shared/log';
import { within } from '../../application/shared/within';
import { type Camera, CAMERA_DEFAULTS } from '../../domain/cameras/camera';
import { changesBetween } from '../../domain/cameras/camera-changes';
import type { Json, JsonObject } from '../../domain/shared/json';
import { cameraRefusal } from './camera-refusal';
import type { OldAnswer } from './old-backend-answer';
import type { OldBackendClient } from './old-backend-client';
import { CAMERAS, refuseUnaddressable, type RemoteCameraList } from './remote-camera-list';

const ABSORB_WITHIN_MS = 3_000;

/** Changes of the cameras that the old backend carries out. */
export class RemoteCameraChanges {
  constructor(
    private readonly backend: OldBackendClient,
    private readonly cameras: RemoteCameraList,
    private readonly configuration: Pick<CameraConfiguration, 'settle'>,
    private readonly log: Log,
  ) {}

  /** Answers the cameras after the change, as the old backend lists them. */
  async change(decide: Decide): Promise<readonly Camera[]> {
    const unseen = await this.settleOrRefuse();
    const listed = await this.cameras.forChange();
    const next = decide(listed, unseen);
    const edits = editsOf(listed, next).map((edit) => inPlace(edit, listed));
    for (const edit of edits) {
      if (edit.kind !== 'add') refuseUnaddressable(listed, edit.id);
      await this.send(edit, next.cameras);
    }
    if (edits.length === 0) return listed.cameras;
    await this.absorb();
    return this.readBack(next.cameras);
  }

  /** The old backend replaces a file with faults by one that holds nothing else than its change. */
  private async settleOrRefuse() {
    const { head, faults, unseen } = await this.configuration.settle();
    if (!head || faults.length > 0) throw fileInvalid(faults, 'The cameras file has faults and nothing was changed');
    return unseen;
  }

  private async send(edit: CamerasEdit, next: readonly Camera[]): Promise<void> {
    const id = edit.kind === 'add' ? String(edit.fields.id) : edit.id;
    const answer = await this.request(
      edit,
      next.find((camera) => camera.id === id),
    );
    if (answer.status !== 200) throw cameraRefusal(answer, id);
  }

  private request(edit: CamerasEdit, after: Camera | undefined): Promise<OldAnswer> {
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
   * Where both services have one file, the table has the change before the caller has its answer. The change itself
   * is made: nothing that goes wrong from here on may make it look as if it was not.
   */
  private async absorb(): Promise<void> {
    const late = () => this.log.warn('a change by the old backend is not in the table yet');
    try {
      await within(ABSORB_WITHIN_MS, this.configuration.settle(), late);
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

/** The old backend merges what it is sent into its entry of this id, faulty or not. */
function inPlace(edit: CamerasEdit, { quarantined }: CameraSet): CamerasEdit {
  const entry = edit.kind === 'add' ? quarantined.find(({ id }) => id === edit.fields.id) : undefined;
  if (edit.kind !== 'add' || entry?.id === undefined) return edit;
  const [change] = changesBetween([entry.fields], [edit.fields]);
  const fields = Object.fromEntries((change?.fields ?? []).map(({ field, after }) => [field, after]));
  return { kind: 'set', id: entry.id, fields };
}

const pathOf = (id: string): string => `${CAMERAS}/${encodeURIComponent(id)}`;

/** The old backend can set fields but not remove them: one that goes back to its default is sent with what that means. */
const merged = (fields: Readonly<Record<string, Json | undefined>>, after: Camera | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === undefined ? absent(name, after) : value]),
  );

function absent(name: string, after: Camera | undefined): Json {
  if (name === 'env' || name === 'metadata') return {};
  if (name === 'status') return after?.status ?? null;
  return Object.entries(CAMERA_DEFAULTS).find(([field]) => field === name)?.[1] ?? null;
}
