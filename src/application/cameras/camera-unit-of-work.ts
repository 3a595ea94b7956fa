import type { RevisionRepository } from '../../domain/cameras/camera-config-revision';
import type { CameraRepository } from '../../domain/cameras/camera-repository';

/** The repositories of one transaction, or, outside one, of the committed state. */
export interface CameraTables {
  readonly cameras: CameraRepository;
  readonly revisions: RevisionRepository;
}

/** The site while no other process can change its camera configuration. */
export interface LockedSite extends CameraTables {
  /**
   * Runs `work` in one transaction and commits. Throws `Unavailable` whose effect says whether anything was stored; a
   * `DomainError` thrown by `work` passes through after the rollback.
   */
  commit(work: (tables: CameraTables) => Promise<void>): Promise<void>;
}

export interface CameraUnitOfWork {
  /**
   * Runs `work` under the site's lock, which is held beyond a COMMIT. Throws `Unavailable` when the lock is not free in
   * time.
   */
  exclusively<T>(work: (site: LockedSite) => Promise<T>): Promise<T>;
}
