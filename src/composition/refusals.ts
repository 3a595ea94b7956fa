import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { isLoopback } from '../domain/shared/loopback';
import { hasDatabase } from '@watchgate/embedded-postgres';
import type { Settings } from '../infrastructure/environment/settings';
import { errorCode, errorText } from '../infrastructure/system/files';

/** Throws an error whose message names the variable, the path, what is wrong with it and what to do. */
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

export type Address = Pick<Settings, 'host' | 'port'>;

/** Whether every request needs a token. */
export const needsToken = ({ requireToken, host }: Pick<Settings, 'requireToken' | 'host'>): boolean =>
  requireToken || !isLoopback(host);

/** Refuses what can be known before anything is created or started. Throws an error that says what to do. */
export async function refuseBeforeStart(settings: Settings): Promise<void> {
  refuseItself(settings);
  await refuseTakenPort(settings);
  const fresh = settings.databaseUrl === '' && !hasDatabase(settings.dataDir);
  if (fresh && needsToken(settings)) refuseWithoutToken(settings);
}

/** Refuses a LEGACY_BASE_URL that points at this service: the legacy path would call itself in an endless loop. */
function refuseItself({ legacyBaseUrl, host, port }: Settings): void {
  if (legacyBaseUrl === '') return;
  const legacy = new URL(legacyBaseUrl);
  const onThisMachine = isLoopback(legacy.hostname) && (isLoopback(host) || host === '0.0.0.0' || host === '::');
  const legacyPort = Number(legacy.port || (legacy.protocol === 'https:' ? 443 : 80));
  if (legacyPort !== port || !(onThisMachine || legacy.hostname === host)) return;
  throw new Error('LEGACY_BASE_URL is the address of this service itself: name the old backend, or set another PORT.');
}

/**
 * The service listens at the very end of its start; if another program takes the port until then, it is refused then.
 */
function refuseTakenPort(settings: Settings): Promise<void> {
  const { host, port } = settings;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(notListening(settings, error)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** Why the service cannot listen, and what to do. */
export function notListening({ host, port }: Address, error: NodeJS.ErrnoException): Error {
  return new Error(sentenceFor(error, host, port), { cause: error });
}

function sentenceFor({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken: stop what uses it, or set PORT.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user: set PORT to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: set HOST to one, such as 127.0.0.1.`;
    default:
      return message;
  }
}

export function refuseWithoutToken({ host, requireToken }: Settings): never {
  const why = requireToken ? 'REQUIRE_TOKEN=true' : `HOST=${host} can be reached from other machines`;
  throw new Error(
    `${why}, so every request needs a token, and there is none yet. ` +
      'Create one first: npm run token -- create --role admin --name YOUR-NAME. Or leave HOST empty for this machine only.',
  );
}
