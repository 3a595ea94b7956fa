import type { EventView } from '../../domain/shared/event';

/** The one file that every event goes through, whoever sends it. */
export interface Journal {
  /**
   * Returns when the events are safely on disk.
   * @throws Unavailable `journal.unavailable` when they are not, or perhaps in part
   */
  append(events: readonly EventView[]): Promise<void>;
}

/** One file of the journal: the one that is written now, or one that was written before. */
export interface JournalFile {
  /** Stays the same when the file is renamed. */
  readonly id: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Whether nobody is expected to write to it any more. */
  readonly closed: boolean;
}

/** A line that is no text. */
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
  /** A hash of what stands right before a position. */
  tail(file: JournalFile, position: number): Promise<string>;
  /** Files that could not be looked at the last time, and why. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** A line that is no event, and why. */
export interface Reject {
  readonly why: string;
  readonly line: string;
}

/** Where lines that are no events are kept for a person to look at. */
export interface RejectFile {
  keep(file: string, rejects: readonly Reject[]): Promise<void>;
}
