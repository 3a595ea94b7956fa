export interface DetectionSettings {
  readonly cameraId: string;
  readonly source: string;
  readonly journal: string;
  readonly statusFile: string;
  readonly frameFile: string;
  /** Folder for the small pictures of the last seconds; undefined where nobody wants them. */
  readonly framesDir?: string;
  /** Frames per second that the camera should give; 0 when unknown. */
  readonly expectedFps: number;
}

/** @throws Error that names every variable that is missing or wrong, without its value */
export function readWorkerSettings(environment: Readonly<Record<string, string | undefined>>): DetectionSettings {
  const missing = ['CAMERA_ID', 'CAMERA_SOURCE', 'JOURNAL', 'STATUS_FILE', 'FRAME_FILE'].filter(
    (name) => !environment[name],
  );
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`);
  const { CAMERA_ID, CAMERA_SOURCE, JOURNAL, STATUS_FILE, FRAME_FILE, FRAMES_DIR, CAMERA_FPS } = environment;
  const expectedFps = Number(CAMERA_FPS || 0);
  if (!(expectedFps >= 0 && expectedFps <= 1_000)) throw new Error('CAMERA_FPS must be a number from 0 to 1000');
  return {
    cameraId: CAMERA_ID ?? '',
    source: CAMERA_SOURCE ?? '',
    journal: JOURNAL ?? '',
    statusFile: STATUS_FILE ?? '',
    frameFile: FRAME_FILE ?? '',
    ...(FRAMES_DIR ? { framesDir: FRAMES_DIR } : {}),
    expectedFps,
  };
}
