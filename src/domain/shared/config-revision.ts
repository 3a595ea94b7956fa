import type { EntryChange } from './entry-changes';

/** Where a committed change of a configuration came from. */
export type RevisionOrigin = 'api' | 'file' | 'legacy' | 'restore' | 'import';

/** One committed state of a configuration. Numbers start at 1 and have no gaps. */
export interface ConfigRevision {
  readonly number: number;
  /** Unique key given by the writer, to find out whether a lost COMMIT took place. */
  readonly token: string;
  /** Lower-case hexadecimal SHA-256 of the file's bytes. */
  readonly sha256: string;
  readonly origin: RevisionOrigin;
  /** The author, as far as known. */
  readonly author: string | null;
  readonly requestId: string | null;
  readonly at: Date;
  readonly changes: readonly EntryChange[];
  /** Whether this copy of the file was seen to hold this text; until then recovery writes it there. */
  readonly inFile: boolean;
}

/** A revision with the complete text of the file. */
export type FullRevision = ConfigRevision & { readonly text: string };

export interface RevisionRepository {
  head(): Promise<ConfigRevision | undefined>;
  /** The number of the newest revision, 0 before the first. */
  newest(): Promise<number>;
  get(number: number): Promise<FullRevision | undefined>;
  /** The newest revision with this text. */
  withText(sha256: string): Promise<FullRevision | undefined>;
  withToken(token: string): Promise<ConfigRevision | undefined>;
  /** Newest first. */
  page(limit: number, offset: number): Promise<{ items: ConfigRevision[]; total: number }>;
  /** `before`: the revision that this one changes, where it is known; it lets a store keep only the difference. */
  add(revision: FullRevision, before?: Pick<FullRevision, 'number' | 'text'>): Promise<void>;
  /**
   * The revision that this copy of the file was last seen to hold; undefined for a copy that is new to a site which has
   * others, or where there is no such revision any more.
   */
  base(): Promise<FullRevision | undefined>;
  markInFile(number: number): Promise<void>;
}
