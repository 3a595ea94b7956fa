import type { Camera, CameraTimes } from './camera';
import type { CameraChange } from './camera-changes';

export interface CameraRepository {
  /** All cameras in the order of the file. */
  all(): Promise<Camera[]>;
  get(id: string): Promise<Camera | undefined>;
  /** When each camera was created and changed, by id. */
  times(): Promise<ReadonlyMap<string, CameraTimes>>;
  /** Makes the table equal to `after`, given the changes that lead there. */
  apply(after: readonly Camera[], changes: readonly CameraChange[]): Promise<void>;
}
