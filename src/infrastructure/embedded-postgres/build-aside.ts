import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../system/error-code';
import { isAlive } from './process-table';

const remove = (dir: string): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });

/** Drafts whose maker was killed half-way; a draft carries the process id of its maker. */
function sweepAbandoned(target: string): void {
  const prefix = `${path.basename(target)}.new-`;
  for (const name of readdirSync(path.dirname(target)).filter((entry) => entry.startsWith(prefix))) {
    const maker = /^(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length))?.[1];
    if (maker && !isAlive(Number(maker))) remove(path.join(path.dirname(target), name));
  }
}

/**
 * Builds a directory under another name and gives it its real one in a single step: nobody ever sees half of it,
 * and of several builders exactly one wins.
 * @returns whether this call's draft became the target; false when another one was there first
 */
export async function buildAside(target: string, build: (draft: string) => Promise<void> | void): Promise<boolean> {
  sweepAbandoned(target);
  const draft = `${target}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    await build(draft);
    renameSync(draft, target);
    return true;
  } catch (error) {
    remove(draft);
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
