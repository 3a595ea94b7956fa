import { mkdirSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Log } from '../../application/shared/log';

/**
 * Calls at every change of the journal, or of a file that was put aside from it, as soon as the system says so. File systems
 * of a network say nothing of what others write: whoever needs to know looks from time to time as well.
 */
export function watchJournal(path: string, changed: () => void, log: Log): { close(): void } {
  const stem = basename(path, '.jsonl');
  const blind = (error: unknown) =>
    log.warn('the folder of the journal cannot be watched: it is looked at every second instead', {
      folder: dirname(path),
      error,
    });
  try {
    mkdirSync(dirname(path), { recursive: true });
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name.startsWith(stem)) changed();
    });
    watcher.on('error', blind);
    return watcher;
  } catch (error) {
    blind(error);
    return { close: () => undefined };
  }
}
