import { randomUUID } from 'node:crypto';
import { Camera } from '../../domain/cameras/camera';
import { changesBetween, reconcile } from '../../domain/cameras/camera-changes';
import type { CameraConfigRevision, FullRevision, RevisionOrigin } from '../../domain/cameras/camera-config-revision';
import type { CameraFields } from '../../domain/cameras/camera-rules';
import { Unavailable, effectOf } from '../../domain/shared/domain-error';
import { sha256 } from '../../domain/shared/sha256';
import { currentCall, noteChange } from '../shared/call-context';
import type { Clock, Log } from '../shared/log';
import type { CameraTables, LockedSite } from './camera-unit-of-work';
import type { CamerasFile, StagedText } from './cameras-file';

/** The newest committed configuration. */
export interface ConfigHead {
  readonly revision: CameraConfigRevision;
  readonly cameras: readonly Camera[];
  readonly text: string;
}

/** What the file was last seen to hold. */
export interface OnDisk {
  readonly text: string;
  readonly sha256: string;
}

export const onDisk = ({ text, revision }: ConfigHead): OnDisk => ({ text, sha256: revision.sha256 });

/** Caches the newest head, so that a write need not read all cameras and the text again. */
export class ConfigHeads {
  private known?: ConfigHead;

  /** As this process last read it; undefined before the first read. */
  get newest(): ConfigHead | undefined {
    return this.known;
  }

  remember(head: ConfigHead): ConfigHead {
    this.known = head;
    return head;
  }

  /** Undefined before the first import. Call it under the site's lock. */
  async load({ revisions, cameras }: CameraTables): Promise<ConfigHead | undefined> {
    const revision = await revisions.head();
    if (!revision) return undefined;
    if (this.known?.revision.token === revision.token) return this.remember({ ...this.known, revision });
    const full = await revisions.get(revision.number);
    return this.remember({ revision, cameras: await cameras.all(), text: full?.text ?? '' });
  }
}

/** Every point of a configuration change at which a process may die; tests make it die there. */
export const CONFIG_STEPS = [
  'lock.before',
  'lock.after',
  'file.read',
  'absorb.before',
  'stage.created',
  'stage.half-written',
  'stage.written',
  'stage.synced',
  'transaction.begun',
  'cameras.applied',
  'revision.added',
  'commit.before',
  'commit.after',
  'rename.before',
  'rename.after',
  'directory.synced',
  'mark.before',
  'mark.after',
  'unlock.before',
  'unlock.after',
] as const;

export type ConfigStep = (typeof CONFIG_STEPS)[number];

/** Called at each step; may throw or never return. */
export type OnStep = (step: ConfigStep) => void | Promise<void>;

/** The configuration that follows the head. */
export interface NextConfig {
  readonly cameras: readonly CameraFields[];
  readonly text: string;
  readonly origin: RevisionOrigin;
  readonly token?: string;
}

/** Makes a configuration the newest one: table and revision in one transaction, then the file. */
export class ConfigPublishing {
  constructor(
    private readonly file: CamerasFile,
    private readonly heads: ConfigHeads,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly onStep: OnStep,
  ) {}

  /**
   * `disk` is what the file was last seen to hold. Until COMMIT every fault leaves table and file as they were; the
   * result's `revision.inFile` is false if the file was edited meanwhile; that edit is then still in the file.
   */
  async publish(site: LockedSite, head: ConfigHead | undefined, disk: OnDisk | undefined, next: NextConfig) {
    const now = this.clock();
    const before = head?.cameras ?? [];
    const cameras = reconcile(before, next.cameras, (fields) => Camera.restore(fields, now, now), now);
    const staged = next.text === disk?.text ? undefined : await this.file.stage(next.text);
    const revision: FullRevision = {
      number: (head?.revision.number ?? 0) + 1,
      token: next.token ?? randomUUID(),
      sha256: sha256(next.text),
      origin: next.origin,
      author: currentCall()?.actor ?? null,
      requestId: currentCall()?.requestId ?? null,
      at: now,
      changes: changesBetween(
        before.map((c) => c.fields),
        next.cameras,
      ),
      inFile: staged === undefined,
      text: next.text,
    };
    await this.commit(site, cameras, revision, staged);
    noteChange({ revision: revision.number });
    const published = this.heads.remember({ revision, cameras, text: next.text });
    return staged ? await this.place(site, published, staged, disk?.sha256) : published;
  }

  /** Writes the head's text into the file, as after a crash between COMMIT and rename. */
  async putBack(site: LockedSite, head: ConfigHead, disk: OnDisk | undefined): Promise<ConfigHead> {
    return this.place(site, head, await this.file.stage(head.text), disk?.sha256);
  }

  /**
   * Records that the file holds the head. Losing this record costs one comparison at the next recovery, nothing else.
   */
  async mark(site: LockedSite, head: ConfigHead): Promise<ConfigHead> {
    try {
      await this.onStep('mark.before');
      await site.revisions.markInFile(head.revision.number);
      await this.onStep('mark.after');
    } catch (error) {
      this.log.warn('the file holds the newest revision, but that could not be noted', { error });
    }
    return this.heads.remember({ ...head, revision: { ...head.revision, inFile: true } });
  }

  private async commit(site: LockedSite, cameras: readonly Camera[], revision: FullRevision, staged?: StagedText) {
    try {
      await site.commit(async (tables) => {
        await tables.cameras.apply(cameras, revision.changes);
        await this.onStep('cameras.applied');
        await tables.revisions.add(revision);
        await this.onStep('revision.added');
      });
    } catch (error) {
      // After a lost COMMIT the staged text may be the only copy that reaches the file in time; recovery removes it.
      if (effectOf(error) !== 'unknown') await staged?.discard();
      throw error;
    }
  }

  private async place(site: LockedSite, head: ConfigHead, staged: StagedText, expected: string | undefined) {
    try {
      if (await staged.replace(expected)) return await this.mark(site, head);
    } catch (error) {
      const message = `Revision ${head.revision.number} is stored, but the cameras file could not be replaced. It is tried again every minute.`;
      throw new Unavailable('camera_config.file_stale', message, 'committed', error);
    }
    await staged.discard();
    return head;
  }
}
