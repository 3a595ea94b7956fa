import type { ConfigTables, ConfigUnitOfWork, LockedSite } from '../../src/application/shared/config-unit-of-work';
import type { ConfigEntry, EntryChange, EntryRepository } from '../../src/domain/shared/entry-changes';
import type { FullRevision, RevisionRepository } from '../../src/domain/shared/config-revision';
import { Unavailable, withEffect } from '../../src/domain/shared/domain-error';

/** The two tables of a configuration. A transaction works on a copy. */
export class ConfigRows<E> {
  constructor(
    public entries: readonly E[] = [],
    public revisions: readonly FullRevision[] = [],
  ) {}
}

/** The entries of a configuration without a database. */
export class InMemoryEntries<E extends ConfigEntry<E>> implements EntryRepository<E> {
  constructor(
    protected readonly rows = new ConfigRows<E>(),
    private readonly writable = false,
  ) {}

  async all(): Promise<E[]> {
    return [...this.rows.entries];
  }

  /** As the changes say: an entry that is in `after` and in none of them stays as it was. */
  async apply(after: readonly E[], changes: readonly EntryChange[]): Promise<void> {
    if (!this.writable) throw new Error('entries are written in a unit of work only');
    const before = new Map(this.rows.entries.map((entry) => [entry.id, entry]));
    const changed = new Set(changes.map(({ id }) => id));
    this.rows.entries = after.flatMap((entry) => (changed.has(entry.id) ? entry : (before.get(entry.id) ?? [])));
  }
}

/** A configuration without a database. */
export const tablesInMemory = <E extends ConfigEntry<E>>(rows: ConfigRows<E>, writable = false): ConfigTables<E> => ({
  entries: new InMemoryEntries(rows, writable),
  revisions: new InMemoryRevisions(rows),
});

/** Revisions of a configuration without a database. */
export class InMemoryRevisions implements RevisionRepository {
  constructor(private readonly rows: Pick<ConfigRows<unknown>, 'revisions'>) {}

  async head() {
    return listed(this.rows.revisions.at(-1));
  }

  async newest(): Promise<number> {
    return this.rows.revisions.at(-1)?.number ?? 0;
  }

  async get(number: number): Promise<FullRevision | undefined> {
    return this.rows.revisions.find((revision) => revision.number === number);
  }

  async withText(sha256: string): Promise<FullRevision | undefined> {
    return this.rows.revisions.findLast((revision) => revision.sha256 === sha256);
  }

  async withToken(token: string) {
    return listed(this.rows.revisions.find((revision) => revision.token === token));
  }

  async page(limit: number, offset: number) {
    const newestFirst = this.rows.revisions.toReversed();
    const items = newestFirst.slice(offset, offset + limit).flatMap((revision) => listed(revision) ?? []);
    return { items, total: newestFirst.length };
  }

  async add(revision: FullRevision): Promise<void> {
    if (this.rows.revisions.some(({ number, token }) => number === revision.number || token === revision.token))
      throw new Error(`revision ${revision.number} is there already`);
    this.rows.revisions = [...this.rows.revisions, revision].sort((a, b) => a.number - b.number);
  }

  async base(): Promise<FullRevision | undefined> {
    return this.rows.revisions.findLast(({ inFile }) => inFile) ?? this.rows.revisions.at(-2);
  }

  async markInFile(number: number): Promise<void> {
    this.rows.revisions = this.rows.revisions.map((one) => (one.number === number ? { ...one, inFile: true } : one));
  }
}

/** Only who asks for one revision gets its text. */
function listed(revision: FullRevision | undefined) {
  if (!revision) return undefined;
  const { text: _, ...rest } = revision;
  return rest;
}

/** The site's lock and transactions without a database: a queue, and a copy of the tables that takes their place. */
export class InMemoryConfigUnitOfWork<E extends ConfigEntry<E>> implements ConfigUnitOfWork<E> {
  /** What becomes of the next COMMIT whose answer is lost. */
  lostCommit: 'stored' | 'not stored' | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly rows: ConfigRows<E>) {}

  exclusively<T>(work: (site: LockedSite<E>) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => work({ ...tablesInMemory(this.rows), commit: (change) => this.commit(change) }));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async commit(change: (tables: ConfigTables<E>) => Promise<void>): Promise<void> {
    const copy = new ConfigRows(this.rows.entries, this.rows.revisions);
    try {
      await change(tablesInMemory(copy, true));
    } catch (error) {
      throw withEffect(error, 'rolled-back');
    }
    const lost = this.lostCommit;
    this.lostCommit = undefined;
    if (lost !== 'not stored') Object.assign(this.rows, copy);
    if (lost) throw new Unavailable('database.unavailable', 'The answer to COMMIT was lost.', 'unknown');
  }
}
