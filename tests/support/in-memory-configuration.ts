import type { ConfigTables, ConfigUnitOfWork, LockedSite } from '../../src/application/shared/config-unit-of-work';
import type { FullRevision, RevisionRepository } from '../../src/domain/shared/config-revision';
import { Unavailable, withEffect } from '../../src/domain/shared/domain-error';

/** The revisions of a configuration. */
export interface RevisionRows {
  revisions: readonly FullRevision[];
}

/** Revisions of a configuration without a database. */
export class InMemoryRevisions implements RevisionRepository {
  constructor(private readonly rows: RevisionRows) {}

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
export class InMemoryConfigUnitOfWork<E, Rows extends RevisionRows> implements ConfigUnitOfWork<E> {
  /** What becomes of the next COMMIT whose answer is lost. */
  lostCommit: 'stored' | 'not stored' | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly rows: Rows,
    private readonly tables: (rows: Rows, writable?: boolean) => ConfigTables<E>,
  ) {}

  exclusively<T>(work: (site: LockedSite<E>) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => work({ ...this.tables(this.rows), commit: (change) => this.commit(change) }));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async commit(change: (tables: ConfigTables<E>) => Promise<void>): Promise<void> {
    const copy = { ...this.rows };
    try {
      await change(this.tables(copy, true));
    } catch (error) {
      throw withEffect(error, 'rolled-back');
    }
    const lost = this.lostCommit;
    this.lostCommit = undefined;
    if (lost !== 'not stored') Object.assign(this.rows, copy);
    if (lost) throw new Unavailable('database.unavailable', 'The answer to COMMIT was lost.', 'unknown');
  }
}
