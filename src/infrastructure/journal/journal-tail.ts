import type { FileHandle } from 'node:fs/promises';
import { setImmediate as breath } from 'node:timers/promises';
import { JournalReading } from '../../application/events/journal-ingestor';
import { answerIsPartial } from '../../application/shared/call-context';
import type { Clock } from '../../application/shared/log';
import { DETECTION } from '../../domain/events/detection';
import { acceptedTimes } from '../../domain/events/time-window';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import type { Event } from '../../domain/shared/event';
import { HOUR_MS } from '../../domain/shared/time';
import { errorCode, openIfThere } from '../system/files';
import { type DiskJournalFiles, MOST_LINE_BYTES, NEWLINE, linesOf } from './disk-journal-files';

/** Parsed in one go, in some two milliseconds: no other request is answered meanwhile. */
const CHUNK = 64 * 1_024;
const MOST_BYTES = 64 * 1_024 * 1_024;
/** Lines come late, so the journal is not exactly in order of time; lines later than this are not searched for. */
const LATE_MS = HOUR_MS;
const MOST_READS = 2;
const NOTHING = Buffer.alloc(0);

/** The journal, read from its end, as the old backend read events. Reads at most its last 64 megabytes. */
export class JournalTail {
  private readonly reading = new Set<Promise<void>>();

  constructor(
    private readonly files: DiskJournalFiles,
    private readonly clock: Clock,
    private readonly retentionDays: number,
  ) {}

  /**
   * The results of `wanted` for the events from a moment on (milliseconds since 1970), in no particular order, each
   * event once; undefined results are left out. Of a long journal `wanted` should keep as little as possible.
   */
  async since<T>(from: number, wanted: (event: Event) => T | undefined): Promise<readonly T[]> {
    return this.inTurn(() => this.read(from, wanted).catch(cannotRead));
  }

  /** A read holds up to 64 megabytes of events: many at once would exhaust the memory of this process. */
  private async inTurn<T>(read: () => Promise<T>): Promise<T> {
    while (this.reading.size >= MOST_READS) await Promise.race(this.reading);
    const one = read();
    const ended = one.then(
      () => undefined,
      () => undefined,
    );
    this.reading.add(ended);
    try {
      return await one;
    } finally {
      this.reading.delete(ended);
    }
  }

  private async read<T>(from: number, wanted: (event: Event) => T | undefined): Promise<readonly T[]> {
    const times = acceptedTimes(this.clock(), this.retentionDays);
    const found = new Map<string, T | undefined>();
    let left = MOST_BYTES;
    const files = [...(await this.files.list())].reverse();
    const why = this.files.unreadable.get(this.files.path);
    if (why !== undefined) throw Object.assign(new Error('the journal cannot be looked at'), { code: why });
    for (const file of files) {
      for await (const chunk of backwards(file.path, file.size)) {
        left -= chunk.length;
        const reading = new JournalReading(times);
        reading.add(linesOf(chunk));
        const { events } = reading.result;
        // Of two lines with one id the older one is the event.
        for (const event of events.filter(({ type, ts }) => type !== DETECTION && ts * 1000 >= from))
          found.set(event.id, wanted(event));
        const before = events.length > 0 && events.every(({ ts }) => ts * 1000 < from - LATE_MS);
        if (left <= 0 && !before) answerIsPartial();
        if (left <= 0 || before) return kept(found);
        await breath();
      }
    }
    // Lines of older rotated files may have been deleted.
    if (files.length > 1) answerIsPartial();
    return kept(found);
  }
}

const kept = <T>(found: ReadonlyMap<string, T | undefined>): T[] =>
  [...found.values()].filter((value) => value !== undefined);

/** A refusal of the system may be temporary; any other error is a bug of this program. */
function cannotRead(error: unknown): never {
  const code = errorCode(error);
  if (error instanceof DomainError || code === '' || code.startsWith('ERR_')) throw error;
  throw new Unavailable(
    'journal.unavailable',
    `The journal of events cannot be read now (${code}). Try again.`,
    'not-started',
    error,
  );
}

/** Whole lines of a file, chunk by chunk from its end; an unfinished last line is left out. */
async function* backwards(path: string, size: number): AsyncIterable<Buffer> {
  const file = await openIfThere(path);
  if (!file) return;
  try {
    let rest: Buffer = NOTHING;
    let atEnd = true;
    for (let to = size; to > 0; ) {
      const from = Math.max(0, to - CHUNK);
      const bytes = Buffer.concat([await readAt(file, from, to), rest]);
      const whole = atEnd ? bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1) : bytes;
      const start = from === 0 ? 0 : whole.indexOf(NEWLINE) + 1;
      rest = whole.subarray(0, start);
      // A part longer than any line is no event, wherever it begins.
      if (rest.length > MOST_LINE_BYTES) rest = rest.subarray(-1);
      if (start < whole.length) yield whole.subarray(start);
      if (whole.length > 0) atEnd = false;
      to = from;
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}
