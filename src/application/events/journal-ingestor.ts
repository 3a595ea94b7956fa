import { DETECTION, detectionOf } from '../../domain/events/detection';
import { openedBy } from '../../domain/events/opened-violation';
import { InvalidEvent, readEvent } from '../../domain/events/read-event';
import { type AcceptedTimes, acceptedTimes } from '../../domain/events/time-window';
import type { Event, ViolationTypes } from '../../domain/shared/event';
import { parsedJson } from '../../domain/shared/json';
import { verificationOf } from '../../domain/shared/verification';
import type { Clock, Log } from '../shared/log';
import type { Batch, EventIntake, Reached, Stretch } from './event-intake';
import type { JournalFile, JournalFiles, JournalLines, Reject, RejectFile } from './journal';

/** One event per journal line, and the other results. */
interface ReadLines {
  /** Events of the site. */
  readonly events: readonly Event[];
  /** Number of events of each verification of the rollout. */
  readonly verifications: ReadonlyMap<string, number>;
  readonly rejects: readonly Reject[];
}

/** Reads lines of a journal; a repeated event counts once, and a blank line not at all. */
export class JournalReading {
  private readonly events = new Map<string, Event>();
  private readonly verifying = new Map<string, string>();
  private readonly rejects: Reject[] = [];

  constructor(private readonly times: AcceptedTimes) {}

  add(lines: JournalLines['lines']): void {
    for (const line of lines) {
      if (line === '') continue;
      const event = typeof line === 'string' ? readEvent(parsedJson(line), this.times) : new InvalidEvent(line.why);
      if (event instanceof InvalidEvent)
        this.rejects.push({ why: event.why, line: typeof line === 'string' ? line : '' });
      else this.take(event);
    }
  }

  private take(event: Event): void {
    const verification = verificationOf(event.cameraId);
    if (verification !== undefined) this.verifying.set(event.id, verification);
    else if (!this.events.has(event.id)) this.events.set(event.id, event);
  }

  get result(): ReadLines {
    const verifications = new Map<string, number>();
    for (const id of this.verifying.values()) verifications.set(id, (verifications.get(id) ?? 0) + 1);
    return { events: [...this.events.values()], verifications, rejects: this.rejects };
  }
}

/** Makes the batch for a range of a journal file. */
function batchOf(
  { id: file, path: name }: JournalFile,
  stretch: Stretch & { readonly tail: string },
  { events, verifications, rejects }: ReadLines,
  types: ViolationTypes,
): Batch {
  return {
    file,
    name,
    ...stretch,
    events: events
      .filter(({ type }) => type !== DETECTION)
      .map((event) => {
        const violation = openedBy(event, types);
        return violation ? { event, violation } : { event };
      }),
    detections: events.filter(({ type }) => type === DETECTION).map(detectionOf),
    verifications,
    rejected: rejects.length,
  };
}

/** Lines that are read before other tasks get their turn. */
const AT_ONCE = 100;

interface IngestorOptions {
  readonly violationTypes: ViolationTypes;
  readonly retentionDays: number;
}

/** What was ingested since the start of this process, and what waits. */
interface IngestState {
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Bytes of the journal that were not ingested at the last look. */
  readonly lagBytes: number;
  /** Rejects that could not be written to their file. */
  readonly rejectsLost: number;
  /** Files of the journal that cannot be read. */
  readonly unreadable: readonly string[];
  /** For how long ingestion has failed, in seconds; 0 while it works. */
  readonly stuckSeconds: number;
}

/**
 * Ingests the journal: continues where the last transaction ended, and moves that position in the same transaction, so
 * that a crash at any point neither loses nor doubles a line. Several services may do it at once.
 */
export class JournalIngestor {
  private readonly done = { stored: 0, duplicates: 0, rejected: 0, lagBytes: 0, rejectsLost: 0 };
  /** The state of the journal when there was nothing to ingest. */
  private seen = '';
  private stuckSince: number | undefined;
  private readonly troubled = new Set<string>();
  private stopped = false;

  constructor(
    private readonly files: JournalFiles,
    private readonly intake: EventIntake,
    private readonly rejectFile: RejectFile,
    private readonly options: IngestorOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  get state(): IngestState {
    const stuckSeconds = this.stuckSince === undefined ? 0 : Math.round((performance.now() - this.stuckSince) / 1_000);
    return { ...this.done, unreadable: [...this.troubled], stuckSeconds };
  }

  /** Ends after the batch in progress, however much waits: the next start continues there. */
  stop(): void {
    this.stopped = true;
  }

  /** Ingests everything that waits. Answers whether there was anything. */
  async pass(): Promise<boolean> {
    try {
      const files = await this.files.list();
      for (const [path, why] of this.files.unreadable) this.trouble(path, why);
      for (const path of this.troubled)
        if (!this.files.unreadable.has(path) && !files.some((f) => f.path === path)) this.troubled.delete(path);
      const seen = files.map(({ id, size, closed }) => `${id} ${size} ${closed}`).join();
      // The journal has not changed since there was nothing to ingest: no query is needed.
      const took = seen !== this.seen && (await this.passOver(files));
      if (!took && !this.stopped) this.seen = seen;
      if (this.troubled.size === 0) this.stuckSince = undefined;
      else this.stuckSince ??= performance.now();
      return took;
    } catch (error) {
      this.stuckSince ??= performance.now();
      throw error;
    }
  }

  private async passOver(files: readonly JournalFile[]): Promise<boolean> {
    const positions = await this.intake.positions();
    let took = false;
    this.done.lagBytes = 0;
    for (const file of files) {
      if (this.stopped) break;
      const reached = positions.get(file.id) ?? { position: 0, tail: null };
      const from = await this.startIn(file, reached);
      if (from === file.size) continue;
      this.done.lagBytes += file.size - from;
      took = (await this.take(file, from, reached.position)) || took;
    }
    return took;
  }

  /** A file that is shorter than the part already read, or holds other bytes there, was started anew. */
  private async startIn(file: JournalFile, { position, tail }: Reached): Promise<number> {
    if (position > file.size) return 0;
    if (position === file.size || position === 0 || tail === null) return position;
    return (await this.readable(file, this.files.tail(file, position), tail)) === tail ? position : 0;
  }

  private async take(file: JournalFile, start: number, reached: number): Promise<boolean> {
    let [position, stored] = [start, reached];
    let next = this.read(file, position);
    for (;;) {
      const stretch = await next;
      if (stretch.to === position || this.stopped) return position !== start;
      // The next lines are read while the database is busy with these.
      next = this.read(file, stretch.to);
      next.catch(() => undefined);
      if (!(await this.store(file, { from: stored, to: stretch.to }, stretch))) return true;
      this.done.lagBytes = Math.max(0, this.done.lagBytes - (stretch.to - position));
      position = stretch.to;
      stored = stretch.to;
    }
  }

  private async read(file: JournalFile, position: number): Promise<ReadLines & { to: number; tail: string }> {
    const times = acceptedTimes(this.clock(), this.options.retentionDays);
    const { lines, next } = await this.readable(file, this.files.read(file, position), { lines: [], next: position });
    const reading = new JournalReading(times);
    for (let i = 0; i < lines.length; i += AT_ONCE) {
      reading.add(lines.slice(i, i + AT_ONCE));
      await new Promise(setImmediate);
    }
    const tail = next === position ? '' : await this.readable(file, this.files.tail(file, next), '');
    return { ...reading.result, to: next, tail };
  }

  /** A file that cannot be read does not hold up the others. */
  private async readable<T>(file: JournalFile, reading: Promise<T>, otherwise: T): Promise<T> {
    try {
      const read = await reading;
      this.troubled.delete(file.path);
      return read;
    } catch (error) {
      this.trouble(file.path, error);
      return otherwise;
    }
  }

  private trouble(path: string, error: unknown): void {
    if (!this.troubled.has(path))
      this.log.error('a file of the journal cannot be read and is left out', { path, error });
    this.troubled.add(path);
  }

  /** Answers whether they were stored; they are not when another service has ingested them. */
  private async store(file: JournalFile, stretch: Stretch, read: ReadLines & { tail: string }): Promise<boolean> {
    const batch = batchOf(file, { ...stretch, tail: read.tail }, read, this.options.violationTypes);
    const taken = await this.intake.store(batch);
    if (taken === 'moved') return false;
    // After the transaction, so that only one service writes them, and once: a retry, or a service that comes second,
    // stores nothing.
    await this.setAside(file, [...read.rejects, ...taken.refused]);
    this.done.stored += taken.stored;
    this.done.duplicates += taken.duplicates;
    this.done.rejected += read.rejects.length + taken.refused.length;
    return true;
  }

  /** Rejects must not hold up events. */
  private async setAside(file: JournalFile, rejects: readonly Reject[]): Promise<void> {
    try {
      await this.rejectFile.keep(file.path, rejects);
    } catch (error) {
      if (this.done.rejectsLost === 0)
        this.log.error('lines that are no events cannot be written to the file for them', { file: file.path, error });
      this.done.rejectsLost += rejects.length;
    }
  }
}
