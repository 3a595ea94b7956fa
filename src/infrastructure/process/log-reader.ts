import type { FileHandle } from 'node:fs/promises';
import { maskText } from '../../domain/cameras/camera-secrets';
import { rotatedLog } from './log-rotation';
import { openIfThere } from '../system/open-if-there';

const CHUNK = 1 << 16;
const MOST_BYTES = 16 << 20;
const MOST_LINES = 10_000;
/** Longer lines are cut: they are no text for people, and masking them takes its time. */
const LONGEST_LINE = 4_096;
const ROTATIONS = 3;

/**
 * The last lines of a log, oldest first and without secrets, however long the log is; a rotation in between is not
 * seen. At most 16 MB are looked at. Undefined when there is no log.
 */
export async function lastLines(log: string, wanted: number): Promise<string[] | undefined> {
  const lines = Math.min(MOST_LINES, Math.max(1, Math.trunc(wanted)));
  for (let i = 1; ; i++) {
    const before = await identity(rotatedLog(log));
    const parts = [await openIfThere(rotatedLog(log)), await openIfThere(log)].filter((part) => part !== undefined);
    try {
      if (parts.length === 0) return undefined;
      const found = await tail(parts, lines);
      if (i === ROTATIONS || before === (await identity(rotatedLog(log)))) return found.map(readable);
    } finally {
      await Promise.all(parts.map((part) => part.close()));
    }
  }
}

/** A rotation between two readings shows as a new file. */
async function identity(file: string): Promise<number | undefined> {
  const part = await openIfThere(file);
  try {
    return (await part?.stat())?.ino;
  } finally {
    await part?.close();
  }
}

/** The parts are one text, so that a line torn by the rotation is whole again. */
async function tail(parts: readonly FileHandle[], lines: number): Promise<string[]> {
  const chunks: Buffer[] = [];
  let [breaks, bytes, whole] = [0, 0, true];
  for await (const chunk of backwards(parts)) {
    if (breaks > lines || bytes >= MOST_BYTES) {
      whole = false;
      break;
    }
    chunks.unshift(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) breaks += 1;
  }
  const found = Buffer.concat(chunks).toString('utf8').split('\n');
  if (found.at(-1) === '') found.pop();
  if (!whole && found.length > 1) found.shift();
  return found.slice(-lines);
}

async function* backwards(parts: readonly FileHandle[]): AsyncGenerator<Buffer> {
  for (const part of [...parts].reverse()) {
    for (let end = (await part.stat()).size; end > 0; ) {
      const start = Math.max(0, end - CHUNK);
      const { buffer, bytesRead } = await part.read(Buffer.alloc(end - start), 0, end - start, start);
      yield buffer.subarray(0, bytesRead);
      end = start;
    }
  }
}

function readable(line: string): string {
  const text = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
  const cut = text.endsWith('\r') ? text.slice(0, -1) : text;
  return maskText(cut);
}
