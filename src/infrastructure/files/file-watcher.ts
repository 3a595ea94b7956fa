import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../../application/shared/log';
import { hasCode } from '../system/files';

const QUIET_MS = 100;
const POLL_MS = 1_000;

/**
 * Reports when a file may have changed: by any kind of editor (in place, by rename, by replacing a link in its path).
 * Watches the folders of the file and of its link target; a check every second is enough where the system sends no
 * events.
 */
export class FileWatcher {
  private readonly folders = new Map<string, FSWatcher>();
  private poll?: NodeJS.Timeout;
  private quiet?: NodeJS.Timeout;
  private seen = '';
  private busy: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly onChange: () => Promise<void>,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.seen = await this.fingerprint();
    await this.follow();
    this.poll = setInterval(() => void this.look(), POLL_MS);
  }

  /** Resolves when a check in progress has ended. */
  async stop(): Promise<void> {
    clearInterval(this.poll);
    clearTimeout(this.quiet);
    for (const watcher of this.folders.values()) watcher.close();
    this.folders.clear();
    await this.busy;
  }

  private soon(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => void this.look(), QUIET_MS);
  }

  private look(): Promise<void> {
    this.busy = this.busy
      .then(() => this.compare())
      .catch((error: unknown) => this.log.warn('the cameras file could not be looked at', { error }));
    return this.busy;
  }

  private async compare(): Promise<void> {
    const now = await this.fingerprint();
    if (now === this.seen) return;
    await this.follow();
    await this.onChange();
    this.seen = now;
  }

  /** Watches the folder of the path and the folder of its link target; a replaced link changes the second. */
  private async follow(): Promise<void> {
    const target = await realpath(this.path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return this.path;
      throw error;
    });
    const wanted = new Set([dirname(this.path), dirname(target)]);
    for (const [folder, watcher] of this.folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.folders.delete(folder);
    }
    for (const folder of wanted) if (!this.folders.has(folder)) this.add(folder);
  }

  private add(folder: string): void {
    try {
      const watcher = watch(folder, () => this.soon());
      watcher.on('error', (error) =>
        this.log.warn('watching a folder failed; it is looked at every second', { error }),
      );
      this.folders.set(folder, watcher);
    } catch (error) {
      this.log.warn('a folder cannot be watched; it is looked at every second', { error });
    }
  }

  private async fingerprint(): Promise<string> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(this.path);
      return `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return 'absent';
      throw error;
    }
  }
}
