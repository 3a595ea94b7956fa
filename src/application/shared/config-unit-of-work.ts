import type { RevisionRepository } from '../../domain/shared/config-revision';
import type { EntryRepository } from '../../domain/shared/entry-changes';

/** The repositories of one transaction, or, outside one, of the committed state. */
export interface ConfigTables<E> {
  readonly entries: EntryRepository<E>;
  readonly revisions: RevisionRepository;
}

/** The site while no other process can change this configuration. */
export interface LockedSite<E> extends ConfigTables<E> {
  /**
   * Runs `work` in one transaction and commits. Throws `Unavailable` whose effect says whether anything was stored; a
   * `DomainError` thrown by `work` passes through after the rollback.
   */
  commit(work: (tables: ConfigTables<E>) => Promise<void>): Promise<void>;
}

export interface ConfigUnitOfWork<E> {
  /**
   * Runs `work` under the site's lock, which is held beyond a COMMIT. Throws `Unavailable` when the lock is not free in
   * time.
   */
  exclusively<T>(work: (site: LockedSite<E>) => Promise<T>): Promise<T>;
}
