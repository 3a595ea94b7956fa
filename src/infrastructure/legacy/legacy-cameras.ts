import type { CameraCommands } from '../../application/cameras/camera-service';
import { cameraSet } from '../../application/cameras/camera-kind';
import { TimesInTable, cameraView } from '../../application/cameras/camera-view';
import type { ConfigFile, ConfigFormat } from '../../application/shared/config-file';
import type {
  CameraFilter,
  CameraKey,
  CameraPatch,
  CamerasPort,
  VersionedCamera,
} from '../../application/cameras/cameras-port';
import type { ConfigHeads } from '../../application/shared/configuration-publication';
import { admitNow, hasErrors } from '../../application/shared/quarantine';
import { type CameraRepository, Camera } from '../../domain/cameras/camera';
import type { JsonObject } from '../../domain/shared/json';

/**
 * The old implementation of cameras on this machine: the file is the store. Reads work without a database; writes
 * change the file first, and the table follows.
 */
export class LegacyCameras implements CamerasPort {
  private readonly times: TimesInTable;

  constructor(
    private readonly file: ConfigFile,
    private readonly format: ConfigFormat,
    private readonly lastGood: CameraRepository,
    private readonly heads: Pick<ConfigHeads<Camera>, 'newest'>,
    private readonly commands: CameraCommands,
  ) {
    this.times = new TimesInTable(lastGood);
  }

  async list({ active_only }: CameraFilter) {
    return { cameras: (await this.read()).filter((c) => !active_only || c.active).map(cameraView) };
  }

  async get({ camera_id }: CameraKey) {
    return cameraView(cameraSet.find(await this.read(), camera_id));
  }

  create = (fields: JsonObject) => this.commands.create(fields);
  update = (patch: CameraPatch) => this.commands.update(patch);
  remove = (key: VersionedCamera) => this.commands.remove(key);

  /** While the file has faults, or does not exist, the configuration in force is the one in the table. */
  private async read(): Promise<readonly Camera[]> {
    const disk = await this.file.read();
    const reading = disk && admitNow(disk.text, this.heads.newest, this.format);
    if (!reading || hasErrors(reading.faults)) return this.lastGood.all();
    const { modifiedAt } = disk;
    return this.times.applyTo(reading.entries.map((fields) => Camera.restore(fields, modifiedAt, modifiedAt)));
  }
}
