import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type OldBackend, startOldBackend } from './old-backend';
import { temporaryDirectory } from './temporary-directory';
import { TWO_CAMERAS } from './test-site';

export interface SharedFile {
  readonly backend: OldBackend;
  /** What a site needs that has this old backend, and its file. */
  readonly site: { readonly camerasFile: string; readonly legacyBaseUrl: string };
  close(): Promise<void>;
}

/** An old backend whose cameras file a site shares, as it is meant to be. */
export async function oldBackendOnFile(): Promise<SharedFile> {
  const dir = temporaryDirectory();
  const camerasFile = path.join(dir, 'cameras.yaml');
  writeFileSync(camerasFile, TWO_CAMERAS);
  const backend = await startOldBackend(camerasFile);
  return {
    backend,
    site: { camerasFile, legacyBaseUrl: backend.url },
    close: async () => {
      await backend.close();
      rmSync(dir, { recursive: true });
    },
  };
}
