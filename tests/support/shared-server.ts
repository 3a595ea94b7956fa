import { rmSync } from 'node:fs';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { temporaryDirectory } from './temporary-directory';

let shared: { readonly server: EmbeddedPostgres; readonly dir: string } | undefined;

/** One server for the whole test run; @returns its connection string. */
export async function startSharedServer(): Promise<string> {
  const dir = temporaryDirectory();
  try {
    shared = { server: await startEmbeddedPostgres({ dir }), dir };
    return shared.server.url;
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

export async function stopSharedServer(): Promise<void> {
  if (!shared) return;
  await shared.server.stop();
  rmSync(shared.dir, { recursive: true, force: true });
  shared = undefined;
}
