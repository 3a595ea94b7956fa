import { type Stats, statSync } from 'node:fs';
import { errorCode } from '../system/error-code';
import type { CameraSource } from './camera-source';
import { SourceFailure } from './source-failure';

/**
 * A pipe would hang ffmpeg and a device other than a camera is no video, so that both are refused with directories.
 * @throws SourceFailure
 */
export function checkLocalSource(source: CameraSource): void {
  if (source.kind !== 'file' && source.kind !== 'device') return;
  const found = stat(source.path);
  const fits = source.kind === 'file' ? found.isFile() : found.isCharacterDevice();
  if (!fits)
    throw new SourceFailure('not-a-video', `${source.path} is no ${source.kind === 'file' ? 'file' : 'camera'}`);
}

function stat(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new SourceFailure('not-a-video', `${path} cannot be opened: ${errorCode(cause)}`, { cause });
  }
}
