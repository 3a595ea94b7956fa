import { appendFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Reject, RejectFile } from '../../application/events/journal';
import type { Clock } from '../../application/shared/log';
import { sizeOf } from '../system/size-of';

const MOST_BYTES = 10_000_000;

/**
 * Lines that are no events, whole and with the reason, in a file of their own, from which they can be taken in again; two
 * files of at most ten megabytes are kept.
 */
export class DiskRejectFile implements RejectFile {
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  async keep(file: string, rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    if ((await sizeOf(this.path)) > MOST_BYTES) await rename(this.path, `${this.path}.1`);
    const at = this.clock().toISOString();
    const lines = rejects.map(({ why, line }) => JSON.stringify({ at, file: basename(file), why, line }));
    await appendFile(this.path, `${lines.join('\n')}\n`);
  }
}
