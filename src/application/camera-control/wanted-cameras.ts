import type { Desired } from '../../domain/camera-control/desired-states';
import type { Camera } from '../../domain/cameras/camera';
import { isJsonObject } from '../../domain/shared/json';
import type { WorkerSettings } from './worker-settings';

/**
 * Whether a camera's process should run: never while it is inactive; otherwise what people last asked for, and where
 * nobody asked, `auto_start`. The same after a crash, after a clean restart, and when the file changes.
 */
export const isWanted = (camera: Camera, asked: Desired | undefined): boolean =>
  camera.active && (asked === undefined ? camera.effective('auto_start') === true : asked === 'running');

const textOf = (camera: Camera, field: string): string => String(camera.effective(field) ?? '');

/** What a camera's worker is given; a change of anything else restarts nothing. */
export function settingsOf(camera: Camera): WorkerSettings {
  const env = camera.effective('env');
  const texts = isJsonObject(env) ? Object.entries(env).map(([name, value]) => [name, String(value)] as const) : [];
  const options = ['regions_file', 'profile', 'device', 'imgsz', 'resolution'].map((name) => [
    name,
    textOf(camera, name),
  ]);
  return {
    id: camera.id,
    source: textOf(camera, 'source'),
    // Only what somebody wrote is an expectation.
    expectedFps: Number(camera.fields.fps ?? 0),
    env: Object.fromEntries(texts),
    options: Object.fromEntries(options),
  };
}
