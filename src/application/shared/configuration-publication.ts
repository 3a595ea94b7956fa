import { randomUUID } from 'node:crypto';
import { type ConfigEntry, changesBetween, reconcile } from '../../domain/shared/entry-changes';
import type { ConfigRevision, FullRevision, RevisionOrigin } from '../../domain/shared/config-revision';
import { Unavailable, effectOf } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import { sha256 } from '../../domain/shared/sha256';
import { currentCall, noteChange } from './call-context';
import type { Clock, Log } from './log';
import type { ConfigFile, ConfigKind, StagedText } from './config-file';
import type { ConfigTables, LockedSite } from './config-unit-of-work';

/** The newest committed configuration. */
export interface ConfigHead<E> {
  readonly revision: ConfigRevision;
  readonly entries: readonly E[];
  readonly text: string;
}

/** What the file was last seen to hold. */
export interface OnDisk {
  readonly text: string;
  readonly sha256: string;
}

export const onDisk = ({ text, revision }: ConfigHead<unknown>): OnDisk => ({ text, sha256: revision.sha256 });

/** Caches the newest head, so that a write need not read all entries and the text again. */
export class ConfigHeads<E> {
  private known?: ConfigHead<E>;

  /** As this process last read it; undefined before the first read. */
  get newest(): ConfigHead<E> | undefined {
    return this.known;
  }

  remember(head: ConfigHead<E>): ConfigHead<E> {
    this.known = head;
    return head;
  }

  /** Undefined before the first import. Call it under the site's lock. */
  async load({ revisions, entries }: ConfigTables<E>): Promise<ConfigHead<E> | undefined> {
    const revision = await revisions.head();
    if (!revision) return undefined;
    if (this.known?.revision.token === revision.token) return this.remember({ ...this.known, revision });
    const full = await revisions.get(revision.number);
    return this.remember({ revision, entries: await entries.all(), text: full?.text ?? '' });
  }

  /** The entries in force, without reading them where this process made or read the newest revision. */
  async entries({ revisions, entries }: ConfigTables<E>): Promise<readonly E[]> {
    const newest = await revisions.head();
    return newest && this.known?.revision.token === newest.token ? this.known.entries : entries.all();
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
  'entries.applied',
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
  readonly entries: readonly JsonObject[];
  readonly text: string;
  readonly origin: RevisionOrigin;
  readonly token?: string;
}

/** Makes a configuration the newest one: table and revision in one transaction, then the file. */
export class ConfigPublishing<E extends ConfigEntry<E>> {
  constructor(
    private readonly kind: ConfigKind<E>,
    private readonly file: ConfigFile,
    private readonly heads: ConfigHeads<E>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly onStep: OnStep,
  ) {}

  /**
   * `disk` is what the file was last seen to hold. Until COMMIT every fault leaves table and file as they were; the
   * result's `revision.inFile` is false if the file was edited meanwhile; that edit is then still in the file.
   */
  async publish(site: LockedSite<E>, head: ConfigHead<E> | undefined, disk: OnDisk | undefined, next: NextConfig) {
    const now = this.clock();
    const before = head?.entries ?? [];
    const entries = reconcile(before, next.entries, (fields) => this.kind.restore(fields, now, now), now);
    const hash = sha256(next.text);
    const staged = next.text === disk?.text ? undefined : await this.file.stage(next.text, hash);
    const revision: FullRevision = {
      number: (head?.revision.number ?? 0) + 1,
      token: next.token ?? randomUUID(),
      sha256: hash,
      origin: next.origin,
      author: currentCall()?.actor ?? null,
      requestId: currentCall()?.requestId ?? null,
      at: now,
      changes: changesBetween(
        before.map((one) => one.fields),
        next.entries,
      ),
      inFile: staged === undefined,
      text: next.text,
    };
    const isMoved = before.some(({ id }, i) => id !== entries[i]?.id);
    await this.commit(site, staged, async (tables) => {
      await tables.entries.apply(entries, revision.changes, isMoved);
      await this.onStep('entries.applied');
      await tables.revisions.add(revision, head && { number: head.revision.number, text: head.text });
      await this.onStep('revision.added');
    });
    noteChange({ revision: revision.number });
    const published = this.heads.remember({ revision, entries, text: next.text });
    return staged ? await this.place(site, published, staged, disk?.sha256) : published;
  }

  /** Writes the head's text into the file, as after a crash between COMMIT and rename. */
  async putBack(site: LockedSite<E>, head: ConfigHead<E>, disk: OnDisk | undefined): Promise<ConfigHead<E>> {
    return this.place(site, head, await this.file.stage(head.text, head.revision.sha256), disk?.sha256);
  }

  /**
   * Records that the file holds the head. Losing this record costs one comparison at the next recovery, nothing else.
   */
  async mark(site: LockedSite<E>, head: ConfigHead<E>): Promise<ConfigHead<E>> {
    try {
      await this.onStep('mark.before');
      await site.revisions.markInFile(head.revision.number);
      await this.onStep('mark.after');
    } catch (error) {
      this.log.warn('the file holds the newest revision, but that could not be noted', { error });
    }
    return this.heads.remember({ ...head, revision: { ...head.revision, inFile: true } });
  }

  private async commit(
    site: LockedSite<E>,
    staged: StagedText | undefined,
    change: (tables: ConfigTables<E>) => Promise<void>,
  ) {
    try {
      await site.commit(change);
    } catch (error) {
      // After a lost COMMIT the staged text may be the only copy that reaches the file in time; recovery removes it.
      if (effectOf(error) !== 'unknown') await staged?.discard();
      throw error;
    }
  }

  private async place(site: LockedSite<E>, head: ConfigHead<E>, staged: StagedText, expected: string | undefined) {
    try {
      if (await staged.replace(expected)) return await this.mark(site, head);
    } catch (error) {
      const message = `Revision ${head.revision.number} is stored, but the ${this.kind.noun}s file could not be replaced. It is tried again every minute.`;
      throw new Unavailable(`${this.kind.noun}_config.file_stale`, message, 'committed', error);
    }
    await staged.discard();
    return head;
  }
}
