import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import type { RgbPicture } from '../../domain/detection/scene';
import { hasCode } from '../system/files';
import type { FfmpegBuild } from './ffmpeg-build';
import { type LookSize, filmArguments, spawnFfmpeg } from './ffmpeg-decoder';
import { SourceFailure } from './source-failure';

/** One picture of a film, and the second in which it is shown. */
export interface FilmPicture {
  readonly picture: RgbPicture;
  readonly at: number;
}

/**
 * The pictures of a video file, evenly spaced, as fast as they are taken: ffmpeg waits meanwhile.
 * @throws SourceFailure when it is no video
 */
export async function* filmPictures(build: FfmpegBuild, file: string, size: LookSize): AsyncGenerator<FilmPicture> {
  const { width, height, perSecond } = size;
  checkFile(file);
  const child = spawnFfmpeg(build, filmArguments(path.resolve(file), build, size), [], false);
  const ended = once(child, 'close');
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-500)));
  const picture = Buffer.alloc(width * height * 3);
  let [filled, count] = [0, 0];
  try {
    for await (const chunk of (child.stdout ?? []) as AsyncIterable<Buffer>)
      for (let from = 0; from < chunk.length; ) {
        const taken = chunk.copy(picture, filled, from);
        [from, filled] = [from + taken, filled + taken];
        if (filled < picture.length) continue;
        filled = 0;
        yield { picture: { width, height, rgb: Uint8Array.from(picture) }, at: count / perSecond };
        count += 1;
      }
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
  if (count === 0)
    throw new SourceFailure('not-a-video', `this is no video (${said.trim().split('\n').at(-1) ?? 'no picture'})`);
}

function checkFile(file: string): void {
  try {
    if (statSync(file).isFile()) return;
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  throw new SourceFailure('not-a-video', `there is no file ${path.basename(file)}`);
}
