import {
  type ConfigEntry,
  type EntryChange,
  byId,
  changesBetween,
  idOf,
  undo,
} from '../../domain/shared/entry-changes';
import { commonBase, mergeFileEdit } from '../../domain/shared/file-edit';
import type { ConfigRevision } from '../../domain/shared/config-revision';
import type { JsonObject } from '../../domain/shared/json';
import type { Clock, Log } from './log';
import type { EntrySet } from './entry-set';
import type { ConfigEdit, ConfigFault, ConfigFile, ConfigFormat, ConfigKind, FileText, LateSave } from './config-file';
import type { LockedSite } from './config-unit-of-work';
import {
  type ConfigHead,
  type ConfigHeads,
  type ConfigPublishing,
  type OnDisk,
  type OnStep,
  onDisk,
} from './configuration-publication';
import { type Admitted, type Known, admit, hasErrors, known, knownOf } from './quarantine';

/** The edits of the text that lead from one configuration to the next. */
function editsBetween(before: readonly JsonObject[], after: readonly JsonObject[]): ConfigEdit[] {
  const next = byId(after);
  return changesBetween(before, after).map((change): ConfigEdit => {
    switch (change.kind) {
      case 'added':
        return { kind: 'add', fields: next.get(change.id) ?? {} };
      case 'removed':
        return { kind: 'remove', id: change.id };
      case 'changed':
        return { kind: 'set', id: change.id, fields: Object.fromEntries(change.fields.map((f) => [f.field, f.after])) };
    }
  });
}

/** The same, with the quarantined entries that were removed. A corrected one is among the others now. */
export function editsOf<E extends ConfigEntry<E>>(before: EntrySet<E>, after: EntrySet<E>): ConfigEdit[] {
  const fieldsOf = ({ entries }: EntrySet<E>) => entries.map((entry) => entry.fields);
  const known = new Set([...before.entries, ...after.entries].map((entry) => entry.id));
  const removed = before.quarantined.flatMap((item) =>
    item.id === undefined || known.has(item.id) || after.quarantined.includes(item) ? [] : [item.id],
  );
  const edits = editsBetween(fieldsOf(before), fieldsOf(after));
  return [...edits, ...[...new Set(removed)].map((id): ConfigEdit => ({ kind: 'remove', id }))];
}

/** Entries in the order of a text; a corrected one stands in its old place. */
export function inOrderOf(text: readonly JsonObject[], entries: readonly JsonObject[]): readonly JsonObject[] {
  const known = byId(entries);
  return text.map((fields) => known.get(idOf(fields)) ?? fields);
}

/** The result of a reconciliation. */
export interface Reconciled<E> {
  /** Undefined only while the very first file has never been valid. */
  readonly head: ConfigHead<E> | undefined;
  /** Changes of the file that this reconciliation took in. */
  readonly unseen: readonly EntryChange[];
  /** Why the file was not taken in; empty when the file holds the head. */
  readonly faults: readonly ConfigFault[];
  readonly disk: OnDisk | undefined;
}

const RECENT = 32;
/** An edit that removes this many entries, or more than half of them, waits for confirmation. */
const MANY = 3;

/** Reconciles file and table after a crash, an edit by a person, or a write of the legacy path. */
export class Reconciliation<E extends ConfigEntry<E>> {
  /** The text that waits for confirmation, and since when. */
  private doubted: { readonly sha256: string; readonly since: number; readonly fault: ConfigFault } | undefined;

  constructor(
    private readonly kind: ConfigKind<E>,
    private readonly file: ConfigFile,
    private readonly format: ConfigFormat,
    private readonly heads: ConfigHeads<E>,
    private readonly publishing: ConfigPublishing<E>,
    private readonly log: Log,
    private readonly onStep: OnStep,
    private readonly confirmation: { readonly clock: Clock; readonly afterMs: number },
  ) {}

  async reconcile(site: LockedSite<E>): Promise<Reconciled<E>> {
    const settled = await this.reconcileFile(site);
    const late = await this.file.lateSave();
    return late ? this.absorbLate(site, settled, late) : settled;
  }

  private async reconcileFile(site: LockedSite<E>): Promise<Reconciled<E>> {
    const head = await this.heads.load(site);
    const seen = await this.file.read();
    await this.onStep('file.read');
    if (head && seen?.sha256 === head.revision.sha256) {
      const marked = head.revision.inFile ? head : await this.publishing.mark(site, head);
      return { head: marked, unseen: [], faults: [], disk: seen };
    }
    const disk = await this.file.readStable();
    if (!head) return this.firstImport(site, disk);
    if (!disk) return this.again(site, await this.publishing.putBack(site, head, disk));
    const base = head.revision.inFile ? head.revision : await this.baseOfCopy(site, head, disk);
    // Only behind: nobody has edited it.
    if (!head.revision.inFile && base?.sha256 === disk.sha256)
      return this.again(site, await this.publishing.putBack(site, head, disk));
    return base ? this.absorb(site, head, disk, base) : this.replaceUnknown(site, head, disk);
  }

  /**
   * What the text of a copy that does not hold the head started from. A copy that is new to the site is no edit of what
   * it never held: it may hold an older text of the site, or begin with what it has where the site has nothing.
   */
  private async baseOfCopy(site: LockedSite<E>, head: ConfigHead<E>, disk: FileText) {
    const base = (await site.revisions.base()) ?? (await site.revisions.withText(disk.sha256));
    return base ?? (head.entries.length === 0 ? head.revision : undefined);
  }

  private async replaceUnknown(site: LockedSite<E>, head: ConfigHead<E>, disk: FileText): Promise<Reconciled<E>> {
    const kept = await this.file.moveAway();
    this.log.warn(
      `this ${this.kind.noun}s file was never one of this site, whose other machines have another one: it gets the text of the site`,
      { kept },
    );
    return this.again(site, await this.publishing.putBack(site, head, disk));
  }

  private async firstImport(site: LockedSite<E>, disk: FileText | undefined): Promise<Reconciled<E>> {
    const text = disk?.text ?? this.kind.empty;
    const { entries, quarantined, faults } = admit(this.format.read(text), undefined);
    if (hasErrors(faults)) return { head: undefined, unseen: [], faults, disk };
    const head = await this.publishing.publish(site, undefined, disk, { entries, text, origin: 'import' });
    this.log.info(`imported ${entries.length} ${this.kind.noun}s from the file`, {
      revision: head.revision.number,
      ...(quarantined.length > 0 ? { quarantined: quarantined.length } : {}),
    });
    return this.again(site, head);
  }

  /** Takes in an edit; what changed in the table since the text it started from is kept. */
  private async absorb(
    site: LockedSite<E>,
    head: ConfigHead<E>,
    disk: FileText,
    held: ConfigRevision,
  ): Promise<Reconciled<E>> {
    await this.onStep('absorb.before');
    const then = await this.entriesAt(site, head, held);
    const reading = await this.admit(site, head, disk.text, { revision: held, entries: then });
    if (hasErrors(reading.faults)) return { head, unseen: [], faults: reading.faults, disk };
    const ours = head.entries.map((one) => one.fields);
    const isHead = held.number === head.revision.number;
    const base = isHead ? await this.baseOf(site, reading.entries, ours, disk) : then;
    const doubt = this.doubtOf(base, reading.entries, disk);
    if (doubt) return { head, unseen: [], faults: [...reading.faults, doubt], disk };
    const merged = mergeFileEdit(base, reading.entries, ours);
    const edits = editsBetween(reading.entries, merged);
    const text = edits.length === 0 ? disk.text : this.format.edit(disk.text, edits);
    const entries = edits.length === 0 ? merged : inOrderOf(this.format.read(text).entries, merged);
    const published = await this.publishing.publish(site, head, disk, { entries, text, origin: 'file' });
    const { number, changes } = published.revision;
    this.log.info(`took in an edit of the ${this.kind.noun}s file`, {
      revision: number,
      [`${this.kind.noun}s`]: changes.map((c) => c.id),
    });
    const settled = await this.again(site, published);
    return { ...settled, unseen: [...changesBetween(ours, entries), ...settled.unseen] };
  }

  /** The entries of an earlier revision: what came after it is undone. */
  private async entriesAt(site: LockedSite<E>, head: ConfigHead<E>, { number }: ConfigRevision) {
    const now: readonly JsonObject[] = head.entries.map((one) => one.fields);
    const since = head.revision.number - number;
    if (since === 0) return now;
    const { items } = await site.revisions.page(since, 0);
    return items.reduce((later, { changes }) => undo(later, changes), now);
  }

  /** A head that this copy does not hold yet cannot be what an edit of it started from: that is what it held. */
  private async admit(
    site: LockedSite<E>,
    head: ConfigHead<E>,
    text: string,
    held: { readonly revision: ConfigRevision; readonly entries: readonly JsonObject[] },
  ): Promise<Admitted> {
    const reading = this.format.read(text);
    if (reading.faulty.length === 0) return admit(reading, undefined);
    const before: Known[] = [knownOf(head, this.format)];
    const isHead = held.revision.number === head.revision.number;
    const older = isHead ? undefined : await site.revisions.get(held.revision.number);
    if (older) before.push(known(held.entries, this.format.read(older.text)));
    return admit(reading, before);
  }

  /** Why an edit waits for confirmation, if one does. */
  get doubt(): ConfigFault | undefined {
    return this.doubted?.fault;
  }

  /**
   * A file that was cut off between two entries, as an editor leaves it on a full disk, is still valid. One that lacks
   * many entries is taken in only if it is unchanged a while later.
   */
  private doubtOf(base: readonly JsonObject[], file: readonly JsonObject[], disk: FileText): ConfigFault | undefined {
    const removed = changesBetween(base, file).filter(({ kind }) => kind === 'removed').length;
    const now = this.confirmation.clock().getTime();
    const many = removed >= MANY || (removed > 1 && removed > base.length / 2);
    if (!many) this.doubted = undefined;
    else if (this.doubted?.sha256 !== disk.sha256)
      this.doubted = { sha256: disk.sha256, since: now, fault: this.missing(removed, base.length) };
    if (!this.doubted || now - this.doubted.since >= this.confirmation.afterMs) {
      this.doubted = undefined;
      return undefined;
    }
    return this.doubted.fault;
  }

  private missing(removed: number, of: number): ConfigFault {
    const seconds = Math.round(this.confirmation.afterMs / 1_000);
    const message =
      `${removed} of ${of} ${this.kind.noun}s are missing. In case the file was cut off, nothing was changed yet: ` +
      `it is taken in when it still lacks them after ${seconds} s.`;
    return { line: 1, column: 1, path: `${this.kind.noun}s`, type: 'many_removed', message, severity: 'error' };
  }

  private async baseOf(site: LockedSite<E>, file: readonly JsonObject[], ours: readonly JsonObject[], disk: FileText) {
    if (changesBetween(ours, file).length === 0) return ours;
    const { items } = await site.revisions.page(RECENT, 0);
    const recent = items.map(({ changes, at }) => ({ changes, ageAtEdit: disk.modifiedAt.getTime() - at.getTime() }));
    return commonBase(file, ours, recent);
  }

  /** A save that went into a text already replaced: its changes are merged into the configuration in force. */
  private async absorbLate(site: LockedSite<E>, settled: Reconciled<E>, late: LateSave): Promise<Reconciled<E>> {
    const { head } = settled;
    const before = await site.revisions.withText(late.base);
    if (!head || !before || settled.faults.length > 0) return settled;
    const base = this.format.read(before.text);
    const reading = admit(this.format.read(late.text), [known(base.entries, base)]);
    await this.file.forgetLateSave();
    if (hasErrors(reading.faults)) {
      this.log.warn(
        `a save of the ${this.kind.noun}s file came while the file was replaced, and was not a valid file`,
        {
          base: before.number,
        },
      );
      return settled;
    }
    const ours = head.entries.map((one) => one.fields);
    const merged = mergeFileEdit(base.entries, reading.entries, ours);
    const edits = editsBetween(ours, merged);
    if (edits.length === 0) return settled;
    const text = this.format.edit(head.text, edits);
    const entries = inOrderOf(this.format.read(text).entries, merged);
    const published = await this.publishing.publish(site, head, settled.disk, { entries, text, origin: 'file' });
    this.log.info(`took in a save that came while the ${this.kind.noun}s file was replaced`, {
      revision: published.revision.number,
    });
    const again = await this.again(site, published);
    return { ...again, unseen: [...settled.unseen, ...changesBetween(ours, entries), ...again.unseen] };
  }

  /**
   * A file that was edited while the head was being published is reconciled again; every round takes in a newer edit.
   */
  private async again(site: LockedSite<E>, head: ConfigHead<E>): Promise<Reconciled<E>> {
    return head.revision.inFile ? { head, unseen: [], faults: [], disk: onDisk(head) } : this.reconcile(site);
  }
}
