import { randomUUID } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { type FileHandle, open, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConfigFile, ConfigNoun, FileText, LateSave, StagedText } from '../../application/shared/config-file';
import type { OnStep } from '../../application/shared/configuration-publication';
import type { Clock } from '../../application/shared/log';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import { errorCode, hasCode } from '../system/files';
import { KnownContents, NotARegularFile, PreviousText, readRegular, readRegularSync } from './regular-file';

const STABLE_MS = 100;
const STABLE_TRIES = 20;

/**
 * The file of a configuration on a local disk. Links are followed, so that a linked file is replaced where it really is. A new
 * text is staged next to the file, fsynced and renamed over it: the file is never seen half-written.
 */
export class DiskConfigFile implements ConfigFile {
  private readonly known = new KnownContents();

  constructor(
    private readonly noun: ConfigNoun,
    private readonly path: string,
    private readonly clock: Clock,
    private readonly onStep: OnStep,
  ) {}

  async read(): Promise<FileText | undefined> {
    try {
      const { bytes, stats } = await readRegular(this.path);
      return { ...this.known.of(bytes), modifiedAt: this.byOurClock(stats.mtime) };
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw this.failed('file_unreadable', `The ${this.noun}s file cannot be read`, error);
    }
  }

  /** The system dates files by the clock of this machine, revisions are dated by that of the site. */
  private byOurClock(time: Date): Date {
    return new Date(this.clock().getTime() - (Date.now() - time.getTime()));
  }

  async readStable(): Promise<FileText | undefined> {
    let seen = await this.read();
    for (let i = 0; i < STABLE_TRIES; i++) {
      await pause(STABLE_MS);
      const again = await this.read();
      if (again?.sha256 === seen?.sha256) return again;
      seen = again;
    }
    const message = `The ${this.noun}s file does not stop changing: try again when its writer has finished.`;
    throw new Unavailable(`${this.noun}_config.file_busy`, message, 'rolled-back');
  }

  async stage(text: string, hash?: string): Promise<StagedText> {
    const target = await this.target();
    const staged = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
    const bytes = Buffer.from(text, 'utf8');
    try {
      await this.write(staged, target, bytes);
    } catch (error) {
      await rm(staged, { force: true });
      throw this.failed('file_unwritable', `The ${this.noun}s file cannot be written`, error);
    }
    if (hash !== undefined && text.isWellFormed()) this.known.add({ bytes, text, sha256: hash });
    return {
      replace: (expected) => this.replace(staged, target, expected),
      discard: () => rm(staged, { force: true }),
    };
  }

  async moveAway(): Promise<string> {
    const copy = `${this.path}.rejected`;
    try {
      const { bytes } = await readRegular(this.path);
      await writeFile(copy, bytes, { mode: 0o600 });
    } catch (error) {
      throw this.failed('file_unwritable', `The faulty ${this.noun}s file cannot be copied aside`, error);
    }
    return copy;
  }

  async lateSave(): Promise<LateSave | undefined> {
    try {
      const previous = new PreviousText(await this.target(), this.known);
      let seen = previous.changed();
      for (let i = 0; seen && i < STABLE_TRIES; i++) {
        await pause(STABLE_MS);
        const again = previous.changed();
        if (again?.text === seen.text) return again;
        seen = again;
      }
      return undefined;
    } catch (error) {
      throw this.failed('file_unreadable', `The folder of the ${this.noun}s file cannot be used`, error);
    }
  }

  async forgetLateSave(): Promise<void> {
    new PreviousText(await this.target(), this.known).drop();
  }

  async sweep(): Promise<void> {
    try {
      const target = await this.target();
      const leftover = (name: string) => name.startsWith(`.${basename(target)}.`) && name.endsWith('.tmp');
      const found = (await readdir(dirname(target))).filter(leftover);
      await Promise.all(found.map((name) => rm(join(dirname(target), name), { force: true })));
    } catch (error) {
      throw this.failed('file_unreadable', `The folder of the ${this.noun}s file cannot be used`, error);
    }
  }

  private async target(): Promise<string> {
    try {
      return await realpath(this.path);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return this.path;
      throw this.failed('file_unreadable', `The ${this.noun}s file cannot be found`, error);
    }
  }

  private async write(staged: string, target: string, bytes: Buffer): Promise<void> {
    const file = await open(staged, 'wx', 0o600);
    try {
      await this.onStep('stage.created');
      const half = bytes.length >> 1;
      await file.writeFile(bytes.subarray(0, half));
      await this.onStep('stage.half-written');
      await file.writeFile(bytes.subarray(half));
      await this.onStep('stage.written');
      await likeOriginal(file, target);
      await file.sync();
      await this.onStep('stage.synced');
    } finally {
      await file.close();
    }
  }

  /** Compares and renames synchronously: an edit can slip in only within these few microseconds. */
  private async replace(staged: string, target: string, expected: string | undefined): Promise<boolean> {
    try {
      await this.onStep('rename.before');
      if (!isStill(target, expected, this.known)) return false;
      renameSync(staged, target);
      await this.onStep('rename.after');
      await syncDirectory(dirname(target));
      await this.onStep('directory.synced');
      return true;
    } catch (error) {
      throw this.failed('file_unwritable', `The ${this.noun}s file cannot be replaced`, error);
    }
  }

  private failed(code: 'file_unreadable' | 'file_unwritable', what: string, error: unknown): unknown {
    if (error instanceof DomainError) return error;
    const why = plainReason(error) ?? (errorCode(error) || 'unknown error');
    const message = `${what}: ${why}. Nothing was changed.`;
    return new Unavailable(`${this.noun}_config.${code}`, message, 'rolled-back', error, { reason: why });
  }
}

/**
 * Whether the file holds the expected text. If so, its inode stays reachable under a second name: an editor that has it
 * open may write to it after it was replaced, and that text must not be lost.
 */
function isStill(target: string, expected: string | undefined, known: KnownContents): boolean {
  if (expected === undefined) return !existsSync(target);
  const previous = new PreviousText(target, known);
  try {
    previous.keep(expected);
    const same = known.of(readRegularSync(target)).sha256 === expected && previous.isKept();
    if (!same) previous.drop();
    return same;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Gives a new file the mode and owner of the one it will replace. */
async function likeOriginal(file: FileHandle, target: string): Promise<void> {
  try {
    const { mode, uid, gid } = await stat(target);
    await file.chmod(mode & 0o7777);
    await file.chown(uid, gid);
  } catch (error) {
    // It holds the passwords of cameras.
    if (hasCode(error, 'ENOENT')) return file.chmod(0o600);
    // Only root may give files away; a file that others own stays writable for this service, but becomes its own.
    if (!hasCode(error, 'EPERM')) throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function plainReason(error: unknown): string | undefined {
  if (error instanceof NotARegularFile) return error.why;
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return 'the disk is full';
  return hasCode(error, 'EROFS') ? 'the disk is read-only' : undefined;
}
