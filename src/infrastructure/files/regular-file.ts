import {
  type Stats,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LateSave } from '../../application/shared/config-file';
import { sha256 } from '../../domain/shared/sha256';
import { hasCode } from '../system/files';

/** For configurations that people write; the largest valid one is smaller. */
const MOST_BYTES = 5_000_000;
/** Opening a pipe would otherwise block, with the thread that opens it, until a writer comes. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export class NotARegularFile extends Error {
  constructor(readonly why: string) {
    super(why);
    this.name = 'NotARegularFile';
  }
}

function check(found: Stats): Stats {
  if (!found.isFile()) throw new NotARegularFile('it is no ordinary file');
  if (found.size > MOST_BYTES) throw new NotARegularFile(`it is larger than ${MOST_BYTES / 1_000_000} MB`);
  return found;
}

/**
 * The content of a regular file. Throws `NotARegularFile` for a pipe, a device or a file too large to be read at once.
 */
export async function readRegular(path: string): Promise<{ readonly bytes: Buffer; readonly stats: Stats }> {
  const file = await open(path, FLAGS);
  try {
    const stats = check(await file.stat());
    return { bytes: await file.readFile(), stats };
  } finally {
    await file.close();
  }
}

/** The same, synchronously. */
export function readRegularSync(path: string): Buffer {
  const file = openSync(path, FLAGS);
  try {
    check(fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

interface Content {
  readonly bytes: Buffer;
  readonly text: string;
  /** Lower-case hexadecimal, of the bytes. */
  readonly sha256: string;
}

/** The file before and after a change, and the one that is to follow. */
const MOST_KNOWN = 3;

/** Comparing bytes with those of the last contents costs a fraction of hashing and decoding them again. */
export class KnownContents {
  private readonly newest: Content[] = [];

  of(bytes: Buffer): Pick<Content, 'text' | 'sha256'> {
    const known = this.newest.find((one) => one.bytes.equals(bytes));
    const { text, sha256: hash } = this.add(known ?? { bytes, text: bytes.toString('utf8'), sha256: sha256(bytes) });
    return { text, sha256: hash };
  }

  add(content: Content): Content {
    const others = this.newest.filter((one) => one !== content && !one.bytes.equals(content.bytes));
    this.newest.splice(0, this.newest.length, content, ...others.slice(0, MOST_KNOWN - 1));
    return content;
  }
}

const SUFFIX = '.previous';

/**
 * The inode that the file's last replacement displaced, kept under a hidden name with the hash of its content. At most
 * one; on file systems without hard links there is none, and a save in that moment is not seen.
 */
export class PreviousText {
  private readonly dir: string;
  private readonly prefix: string;

  constructor(
    private readonly target: string,
    private readonly known: KnownContents,
  ) {
    this.dir = dirname(target);
    this.prefix = `.${basename(target)}.`;
  }

  /** Links the present inode; `sha256` is the hash of its content. */
  keep(sha: string): void {
    this.drop();
    try {
      linkSync(this.target, join(this.dir, `${this.prefix}${sha}${SUFFIX}`));
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS')) throw error;
    }
  }

  /** Whether the file is the linked inode, or none could be linked. */
  isKept(): boolean {
    const name = this.name();
    return name === undefined || statSync(join(this.dir, name)).ino === statSync(this.target).ino;
  }

  /**
   * The text written into it since; undefined while its content is unchanged, or while it is the file itself (a crash
   * before the rename).
   */
  changed(): LateSave | undefined {
    const name = this.name();
    if (name === undefined || this.isTarget(name)) return undefined;
    const bytes = readRegularSync(join(this.dir, name));
    const base = name.slice(this.prefix.length, -SUFFIX.length);
    const { text, sha256: hash } = this.known.of(bytes);
    return hash === base ? undefined : { text, base };
  }

  drop(): void {
    const name = this.name();
    if (name !== undefined) rmSync(join(this.dir, name), { force: true });
  }

  private name(): string | undefined {
    return readdirSync(this.dir).find((name) => name.startsWith(this.prefix) && name.endsWith(SUFFIX));
  }

  private isTarget(name: string): boolean {
    try {
      return statSync(join(this.dir, name)).ino === statSync(this.target).ino;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }
}
