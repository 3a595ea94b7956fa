import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, errorText } from '../system/files';

/** Throws a sentence that names the variable, the path, what is wrong with it and what to do. */
export function refuseUnusablePaths({ camerasFile, logDir }: { camerasFile: string; logDir: string }): void {
  const folder = dirname(camerasFile);
  attempt(`CAMERAS_FILE ${camerasFile}`, () => {
    if (!statSync(folder).isDirectory()) throw new Error('a part of the path is not a folder');
    const file = statSync(camerasFile, { throwIfNoEntry: false });
    if (file?.isDirectory()) throw new Error('it is a folder, not a file');
    if (file) accessSync(camerasFile, constants.R_OK);
    else accessSync(folder, constants.W_OK | constants.X_OK);
  });
  attempt(`LOG_DIR ${logDir}`, () => {
    mkdirSync(logDir, { recursive: true });
    accessSync(logDir, constants.W_OK | constants.X_OK);
  });
}

const MEANING: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'it is not a folder',
  EACCES: 'this user may not use it',
  EPERM: 'this user may not use it',
  EROFS: 'the disk is read-only',
};

function attempt(what: string, use: () => void): void {
  try {
    use();
  } catch (error) {
    const why = MEANING[errorCode(error)] ?? errorText(error);
    throw new Error(`${what} cannot be used: ${why}. Put that right, or name another path.`, { cause: error });
  }
}
