import { closeSync, copyFileSync, fstatSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';

const ROTATE_AT_BYTES = 10_000_000;
const TAIL_BYTES = 16_000;

/** Where one server writes. A file and no pipe: a busy or dead node process must not block or silence the server. */
export interface ServerLog {
  readonly file: string;
  readonly descriptor: number;
  /** Size of the file when this server was started. */
  readonly start: number;
}

/** Keeps at most one older log, `postgres.log.1`: the server is told to say little. */
export function openServerLog(homeDir: string): ServerLog {
  const file = path.join(homeDir, 'postgres.log');
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > ROTATE_AT_BYTES) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a+', 0o600);
  return { file, descriptor, start: fstatSync(descriptor).size };
}

/** The server keeps its file open, so a log that has grown is copied and emptied; the server appends, and goes on at its beginning. */
export function turnServerLog(homeDir: string): void {
  const file = path.join(homeDir, 'postgres.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= ROTATE_AT_BYTES) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** What the server with this process id has said (its last 16 kB); several starters share one file. */
export function wordsOf(log: ServerLog, pid: number): string {
  const descriptor = openSync(log.file, 'r');
  const buffer = Buffer.alloc(TAIL_BYTES);
  const { size } = fstatSync(descriptor);
  const from = Math.max(log.start > size ? 0 : log.start, size - TAIL_BYTES);
  const text = buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, TAIL_BYTES, from));
  closeSync(descriptor);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const own = lines.filter((line) => line.includes(`[${pid}]`));
  // A missing library is reported by the loader, which knows of no process id prefix.
  return (own.length > 0 ? own : lines).join('\n');
}
