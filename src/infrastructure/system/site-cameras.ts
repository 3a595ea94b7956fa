import type { CamerasPort } from '../../application/cameras/cameras-port';
import type { CameraDirectory } from '../../application/records/record-source';
import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';

/** What other contexts want to know of cameras, from the same path that lists them. */
export class SiteCameras implements CameraDirectory {
  constructor(private readonly cameras: Pick<CamerasPort, 'list' | 'get'>) {}

  async ids(): Promise<readonly string[]> {
    return (await this.cameras.list({})).cameras.map(({ id }) => id);
  }

  async info(cameraId: string): Promise<JsonObject | undefined> {
    try {
      const camera = await this.cameras.get({ camera_id: cameraId });
      const { id, name, status, camera_type, location, resolution, region_id, is_active } = camera;
      const { created_at, updated_at } = camera;
      const of = { id, name, status, camera_type, location, resolution, region_id, is_active, created_at, updated_at };
      return { ...(of as JsonObject), fps: `${String(camera.fps)} FPS`, capabilities: [] };
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  async names(): Promise<ReadonlyMap<string, string>> {
    const { cameras } = await this.cameras.list({});
    return new Map(cameras.map(({ id, name }) => [id, name]));
  }

  /** Regions that active cameras watch, each once, in order. */
  async regions(): Promise<readonly string[]> {
    const { cameras } = await this.cameras.list({ active_only: true });
    const regions = cameras.map(({ region_id: region }) => region).filter((region) => region !== null);
    return [...new Set(regions)].sort();
  }
}
