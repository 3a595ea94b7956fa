import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorText, hasCode } from '../system/files';
import { SourceFailure } from './source-failure';

type Environment = Readonly<Record<string, string | undefined>>;

export interface FfmpegBuild {
  /** Program and first arguments. */
  readonly command: readonly [string, ...string[]];
  /** In newer builds `-timeout`, which was the option to listen in older ones. */
  readonly socketTimeout: '-timeout' | '-stimeout';
  /** Every frame as it comes, none duplicated or dropped. */
  readonly passthrough: readonly string[];
  /** Its version as it reports it. */
  readonly version: string;
}

const run = promisify(execFile);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'ENOTDIR')) return false;
    throw error;
  }
}

/** Whether a program is the one that npm installed: a build of 2018, which gets no fixes any more. */
export const isBundled = (file: string): boolean => file === bundled();

/** The package for this platform, which carries the program; undefined when npm did not install it. */
function bundled(): string | undefined {
  const name = `@ffmpeg-installer/${process.platform}-${process.arch}`;
  try {
    const installed = path.dirname(createRequire(__filename).resolve(`${name}/package.json`));
    return path.join(installed, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
  } catch (error) {
    if (hasCode(error, 'MODULE_NOT_FOUND')) return undefined;
    throw error;
  }
}

const onPath = (name: string, PATH = ''): string | undefined =>
  PATH.split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(isProgram);

/** @throws SourceFailure when there is none */
export function locateFfmpeg({ FFMPEG_PATH, PATH }: Environment): string {
  const found = FFMPEG_PATH || onPath('ffmpeg', PATH) || bundled();
  if (found) return found;
  throw new SourceFailure('unusable', 'there is no ffmpeg: install it or set FFMPEG_PATH');
}

/** The capabilities of the build, from its own lists. */
export const readBuild = (command: FfmpegBuild['command'], version: string, help: string): FfmpegBuild => ({
  command,
  socketTimeout: /^\s*-stimeout\b/m.test(help) ? '-stimeout' : '-timeout',
  passthrough: [/^\s*-fps_mode\b/m.test(help) ? '-fps_mode' : '-vsync', 'passthrough'],
  version: /^ffmpeg version (\S+)/m.exec(version)?.[1] ?? 'unknown',
});

async function ask(command: FfmpegBuild['command']): Promise<FfmpegBuild> {
  const [program, ...first] = command;
  const answers = ['-version', '-h full'].map((question) =>
    run(program, [...first, '-hide_banner', ...question.split(' ')], { maxBuffer: 16 << 20, timeout: 10_000 }),
  );
  const [version, help] = await Promise.all(answers);
  return readBuild(command, version?.stdout ?? '', help?.stdout ?? '');
}

/** Limit of ffmpeg's address space: many times what a camera of 8K needs. Its decoders read untrusted data. */
const MOST_MEMORY = 2 << 30;

/**
 * Prefixes of the command, the most careful first. They have the kernel end ffmpeg when its parent ends, even by
 * SIGKILL: without them ffmpeg notices when it writes the next frame, which may be after the timeout of its socket.
 * They also take every way to more rights from it, and limit its memory.
 */
function guards({ PATH }: Environment): string[][] {
  if (process.platform !== 'linux') return [];
  const [setpriv, prlimit] = [onPath('setpriv', PATH), onPath('prlimit', PATH)];
  const memory = prlimit === undefined ? [] : [prlimit, `--as=${MOST_MEMORY}`, '--'];
  const alone = memory.length > 0 ? [memory] : [];
  if (setpriv === undefined) return alone;
  const rights = ['--no-new-privs', '--pdeathsig', 'KILL', '--'];
  return [[setpriv, ...rights, ...memory], ...alone, [setpriv, ...rights.slice(1)]];
}

/** @throws SourceFailure when there is no ffmpeg or it does not run */
export async function findFfmpeg(environment: Environment): Promise<FfmpegBuild> {
  const ffmpeg = locateFfmpeg(environment);
  // Not every setpriv knows the options, and not every container lets a process limit itself.
  for (const [program, ...first] of guards(environment)) {
    const guarded = program && (await ask([program, ...first, ffmpeg]).catch(() => undefined));
    if (guarded) return guarded;
  }
  return ask([ffmpeg]).catch((cause: unknown) => {
    throw new SourceFailure('unusable', `ffmpeg does not run: ${errorText(cause).split('\n')[0]}`, { cause });
  });
}

/** A system without fonts has the filter but cannot use it, so only a test shows it. */
export async function canDrawText({ command: [program, ...first] }: FfmpegBuild): Promise<boolean> {
  const tiny = 'color=size=64x64:rate=1:duration=1,drawtext=text=1';
  const args = ['-nostdin', '-loglevel', 'quiet', '-f', 'lavfi', '-i', tiny, '-f', 'null', '-'];
  return run(program, [...first, ...args], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
