import { type CameraChange, byId, changesBetween, idOf, undo } from '../../domain/cameras/camera-changes';
import type { CameraFields } from '../../domain/cameras/camera-rules';
import { commonBase, mergeFileEdit } from '../../domain/cameras/file-edit';
import type { Clock, Log } from '../shared/log';
import type { CameraSet } from './camera-set';
import type { LockedSite } from './camera-unit-of-work';
import type { CamerasEdit, CamerasFile, CamerasFormat, ConfigFault, FileText, LateSave } from './cameras-file';
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
function editsBetween(before: readonly CameraFields[], after: readonly CameraFields[]): CamerasEdit[] {
  const next = byId(after);
  return changesBetween(before, after).map((change): CamerasEdit => {
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

/** The same, with the quarantined entries that were removed. A corrected one is among the cameras now. */
export function editsOf(before: CameraSet, after: CameraSet): CamerasEdit[] {
  const fieldsOf = ({ cameras }: CameraSet) => cameras.map((camera) => camera.fields);
  const known = new Set([...before.cameras, ...after.cameras].map((camera) => camera.id));
  const removed = before.quarantined.flatMap((entry) =>
    entry.id === undefined || known.has(entry.id) || after.quarantined.includes(entry) ? [] : [entry.id],
  );
  const edits = editsBetween(fieldsOf(before), fieldsOf(after));
  return [...edits, ...[...new Set(removed)].map((id): CamerasEdit => ({ kind: 'remove', id }))];
}

/** Cameras in the order of a text; a corrected entry stands in its old place. */
export function inOrderOf(text: readonly CameraFields[], cameras: readonly CameraFields[]): readonly CameraFields[] {
  const known = byId(cameras);
  return text.map((fields) => known.get(idOf(fields)) ?? fields);
}

/** The result of a reconciliation. */
export interface Reconciled {
  /** Undefined only while the very first file has never been valid. */
  readonly head: ConfigHead | undefined;
  /** Changes of the file that this reconciliation took in. */
  readonly unseen: readonly CameraChange[];
  /** Why the file was not taken in; empty when the file holds the head. */
  readonly faults: readonly ConfigFault[];
  readonly disk: OnDisk | undefined;
}

const EMPTY = '# The cameras of this site. The service takes in every change of this file.\ncameras: []\n';
const RECENT = 32;
/** An edit that removes this many cameras, or more than half of them, waits for confirmation. */
const MANY = 3;

/** Reconciles file and table after a crash, an edit by a person, or a write of the legacy path. */
export class Reconciliation {
  /** The text that waits for confirmation, and since when. */
  private doubted: { readonly sha256: string; readonly since: number; readonly fault: ConfigFault } | undefined;

  constructor(
    private readonly file: CamerasFile,
    private readonly format: CamerasFormat,
    private readonly heads: ConfigHeads,
    private readonly publishing: ConfigPublishing,
    private readonly log: Log,
    private readonly onStep: OnStep,
    private readonly confirmation: { readonly clock: Clock; readonly afterMs: number },
  ) {}

  async reconcile(site: LockedSite): Promise<Reconciled> {
    const settled = await this.reconcileFile(site);
    const late = await this.file.lateSave();
    return late ? this.absorbLate(site, settled, late) : settled;
  }

  private async reconcileFile(site: LockedSite): Promise<Reconciled> {
    const head = await this.heads.load(site);
    const seen = await this.file.read();
    await this.onStep('file.read');
    if (head && seen?.sha256 === head.revision.sha256) {
      const marked = head.revision.inFile ? head : await this.publishing.mark(site, head);
      return { head: marked, unseen: [], faults: [], disk: seen };
    }
    const disk = await this.file.readStable();
    if (!head) return this.firstImport(site, disk);
    if (!disk || (!head.revision.inFile && (await this.isBefore(site, head, disk)))) {
      return this.again(site, await this.publishing.putBack(site, head, disk));
    }
    return this.absorb(site, head, disk);
  }

  private async firstImport(site: LockedSite, disk: FileText | undefined): Promise<Reconciled> {
    const text = disk?.text ?? EMPTY;
    const { cameras, quarantined, faults } = admit(this.format.read(text), undefined);
    if (hasErrors(faults)) return { head: undefined, unseen: [], faults, disk };
    const head = await this.publishing.publish(site, undefined, disk, { cameras, text, origin: 'import' });
    this.log.info(`imported ${cameras.length} cameras from the file`, {
      revision: head.revision.number,
      ...(quarantined.length > 0 ? { quarantined: quarantined.length } : {}),
    });
    return this.again(site, head);
  }

  /** Takes in an edit; what changed in the table since the text it started from is kept. */
  private async absorb(site: LockedSite, head: ConfigHead, disk: FileText): Promise<Reconciled> {
    await this.onStep('absorb.before');
    const reading = await this.admit(site, head, disk.text);
    if (hasErrors(reading.faults)) return { head, unseen: [], faults: reading.faults, disk };
    const ours = head.cameras.map((c) => c.fields);
    const base = head.revision.inFile
      ? await this.baseOf(site, reading.cameras, ours, disk)
      : undo(ours, head.revision.changes);
    const doubt = this.doubtOf(base, reading.cameras, disk);
    if (doubt) return { head, unseen: [], faults: [...reading.faults, doubt], disk };
    const merged = mergeFileEdit(base, reading.cameras, ours);
    const edits = editsBetween(reading.cameras, merged);
    const text = edits.length === 0 ? disk.text : this.format.edit(disk.text, edits);
    const cameras = edits.length === 0 ? merged : inOrderOf(this.format.read(text).cameras, merged);
    const published = await this.publishing.publish(site, head, disk, { cameras, text, origin: 'file' });
    const { number, changes } = published.revision;
    this.log.info('took in an edit of the cameras file', { revision: number, cameras: changes.map((c) => c.id) });
    const settled = await this.again(site, published);
    return { ...settled, unseen: [...changesBetween(ours, cameras), ...settled.unseen] };
  }

  /**
   * A head that is not in the file yet cannot be what an edit of the file started from: that is the revision before.
   */
  private async admit(site: LockedSite, head: ConfigHead, text: string): Promise<Admitted> {
    const reading = this.format.read(text);
    if (reading.faulty.length === 0) return admit(reading, undefined);
    const before: Known[] = [knownOf(head, this.format)];
    const { number, changes, inFile } = head.revision;
    const older = inFile ? undefined : await site.revisions.get(number - 1);
    const then = undo(
      head.cameras.map((c) => c.fields),
      changes,
    );
    if (older) before.push(known(then, this.format.read(older.text)));
    return admit(reading, before);
  }

  /** Why an edit waits for confirmation, if one does. */
  get doubt(): ConfigFault | undefined {
    return this.doubted?.fault;
  }

  /**
   * A file that was cut off between two entries, as an editor leaves it on a full disk, is still valid. One that lacks
   * many cameras is taken in only if it is unchanged a while later.
   */
  private doubtOf(
    base: readonly CameraFields[],
    file: readonly CameraFields[],
    disk: FileText,
  ): ConfigFault | undefined {
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
      `${removed} of ${of} cameras are missing. In case the file was cut off, nothing was changed yet: ` +
      `it is taken in when it still lacks them after ${seconds} s.`;
    return { line: 1, column: 1, path: 'cameras', type: 'many_removed', message, severity: 'error' };
  }

  private async baseOf(site: LockedSite, file: readonly CameraFields[], ours: readonly CameraFields[], disk: FileText) {
    if (changesBetween(ours, file).length === 0) return ours;
    const { items } = await site.revisions.page(RECENT, 0);
    const recent = items.map(({ changes, at }) => ({ changes, ageAtEdit: disk.modifiedAt.getTime() - at.getTime() }));
    return commonBase(file, ours, recent);
  }

  /** A save that went into a text already replaced: its changes are merged into the configuration in force. */
  private async absorbLate(site: LockedSite, settled: Reconciled, late: LateSave): Promise<Reconciled> {
    const { head } = settled;
    const before = await site.revisions.withText(late.base);
    if (!head || !before || settled.faults.length > 0) return settled;
    const base = this.format.read(before.text);
    const reading = admit(this.format.read(late.text), [known(base.cameras, base)]);
    await this.file.forgetLateSave();
    if (hasErrors(reading.faults)) {
      this.log.warn('a save of the cameras file came while the file was replaced, and was not a valid file', {
        base: before.number,
      });
      return settled;
    }
    const ours = head.cameras.map((c) => c.fields);
    const merged = mergeFileEdit(base.cameras, reading.cameras, ours);
    const edits = editsBetween(ours, merged);
    if (edits.length === 0) return settled;
    const text = this.format.edit(head.text, edits);
    const cameras = inOrderOf(this.format.read(text).cameras, merged);
    const published = await this.publishing.publish(site, head, settled.disk, { cameras, text, origin: 'file' });
    this.log.info('took in a save that came while the cameras file was replaced', {
      revision: published.revision.number,
    });
    const again = await this.again(site, published);
    return { ...again, unseen: [...settled.unseen, ...changesBetween(ours, cameras), ...again.unseen] };
  }

  private async isBefore(site: LockedSite, head: ConfigHead, disk: FileText): Promise<boolean> {
    return (await site.revisions.get(head.revision.number - 1))?.sha256 === disk.sha256;
  }

  /**
   * A file that was edited while the head was being published is reconciled again; every round takes in a newer edit.
   */
  private async again(site: LockedSite, head: ConfigHead): Promise<Reconciled> {
    return head.revision.inFile ? { head, unseen: [], faults: [], disk: onDisk(head) } : this.reconcile(site);
  }
}
