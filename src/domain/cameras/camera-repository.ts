import type { Camera, CameraTimes } from './camera';
import type { EntryRepository } from '../shared/entry-changes';

export interface CameraRepository extends EntryRepository<Camera> {
  get(id: string): Promise<Camera | undefined>;
  /** When each camera was created and changed, by id. */
  times(): Promise<ReadonlyMap<string, CameraTimes>>;
}
