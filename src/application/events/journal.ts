import type { EventView } from '../../domain/shared/event';

/** The one file that all events pass through, whatever their sender. */
export interface Journal {
  /**
   * Returns when the events are safely on disk.
   * @throws Unavailable `journal.unavailable` when they are not, or perhaps in part
   */
  append(events: readonly EventView[]): Promise<void>;
}

/** One file of the journal: the present one, or a rotated one. */
export interface JournalFile {
  /** Stays the same when the file is renamed. */
  readonly id: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Whether no more lines are expected in it. */
  readonly closed: boolean;
}

/** A line that is not text. */
export interface UnreadableLine {
  readonly why: string;
}

/** Whole lines of a journal file, and where they end. */
export interface JournalLines {
  readonly lines: readonly (string | UnreadableLine)[];
  /** Position in bytes after the last of them. */
  readonly next: number;
}

/** How the journal is read, from its first line to its last. */
export interface JournalFiles {
  /** Oldest first. */
  list(): Promise<readonly JournalFile[]>;
  /** The next lines from a position, at most a few hundred kilobytes; none when there is no whole line yet. */
  read(file: JournalFile, position: number): Promise<JournalLines>;
  /** A hash of the bytes right before a position. */
  tail(file: JournalFile, position: number): Promise<string>;
  /** Files that could not be examined the last time, and why. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** A rejected line, and why. */
export interface Reject {
  readonly why: string;
  readonly line: string;
}

/** Where rejects are kept for a person to examine. */
export interface RejectFile {
  keep(file: string, rejects: readonly Reject[]): Promise<void>;
}
