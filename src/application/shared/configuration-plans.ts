import { type ConfigEntry, type EntryChange, changesBetween, reconcile, undo } from '../../domain/shared/entry-changes';
import type { FullRevision } from '../../domain/shared/config-revision';
import { DomainError, Unavailable, effectOf } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import { outsideCalls } from './call-context';
import type { ConfigFault, ConfigFormat, ConfigKind } from './config-file';
import type { LockedSite } from './config-unit-of-work';
import { type EntrySet, NEVER } from './entry-set';
import type { OnDisk } from './configuration-publication';
import { type Reconciled, type Reconciliation, editsOf, inOrderOf } from './configuration-reconciliation';
import { type Known, admit, hasErrors, known, knownOf, quarantinedIn } from './quarantine';

/** The file, or a text that is to become the file, cannot be used as it stands; the error lists every place. */
export function fileInvalid(
  { noun, mend }: Pick<ConfigKind<never>, 'noun' | 'mend'>,
  faults: readonly ConfigFault[],
  what: string,
): DomainError {
  const errors = faults.filter((f) => f.severity === 'error');
  const first = errors[0];
  const where = first ? `: ${errors.length} in all, the first at line ${first.line}, column ${first.column}` : '';
  const message = `${what}${where}. ${mend}`;
  return new DomainError(`${noun}_config.file_invalid`, message, { extra: { file_faults: faults } });
}

/** Decides the next configuration from the present one and the file's changes that the caller cannot have known. */
export type Decide<E> = (present: EntrySet<E>, unseen: readonly EntryChange[]) => EntrySet<E>;

/** A text that somebody wrote, and what is wrong with it whatever the rules of the configuration say. */
interface WrittenText {
  readonly text: string;
  readonly faults: readonly ConfigFault[];
}

/** What is to become of a configuration: a change of its entries, an earlier revision, or a text. */
export type Wanted<E> =
  | { readonly decide: Decide<E> }
  | { readonly restore: number }
  /** Gets the file as it is. */
  | { readonly write: (disk: OnDisk | undefined) => WrittenText };

/** A configuration as it would be. */
export interface Plan {
  /** Those in force where the text has errors. */
  readonly entries: readonly JsonObject[];
  readonly text: string;
  readonly faults: readonly ConfigFault[];
}

/** A plan beside what it would change. */
export interface Preview<E> {
  readonly before: { readonly entries: readonly E[]; readonly text: string };
  readonly after: { readonly entries: readonly E[]; readonly text: string };
  readonly changes: readonly EntryChange[];
  readonly faults: readonly ConfigFault[];
}

/** A reconciliation that left nothing to be corrected. */
type Settled<E> = Reconciled<E> & { readonly head: NonNullable<Reconciled<E>['head']> };

/** Works out what a change makes of a configuration, without making it: for changes and for previews of them. */
export class ConfigPlans<E extends ConfigEntry<E>> {
  constructor(
    private readonly kind: ConfigKind<E>,
    private readonly format: ConfigFormat,
    private readonly reconciliation: Reconciliation<E>,
  ) {}

  /** Undefined where there is nothing to change. Throws what the change would. */
  async plan(site: LockedSite<E>, wanted: Wanted<E>): Promise<{ settled: Reconciled<E>; plan: Plan | undefined }> {
    if ('decide' in wanted) {
      const settled = await this.reconcileOrRefuse(site);
      return { settled, plan: this.decided(settled, wanted.decide) };
    }
    const settled = await this.reconcileFirst(site);
    if ('restore' in wanted) return { settled, plan: await this.restored(site, settled, wanted.restore) };
    return { settled, plan: this.written(settled, wanted.write(settled.disk)) };
  }

  async preview(site: LockedSite<E>, wanted: Wanted<E>): Promise<Preview<E>> {
    const { settled, plan } = await this.plan(site, wanted);
    const before = { entries: settled.head?.entries ?? [], text: settled.disk?.text ?? '' };
    if (!plan) return { before, after: before, changes: [], faults: settled.faults };
    const fieldsBefore = before.entries.map((one) => one.fields);
    const entries = reconcile(before.entries, plan.entries, (fields) => this.kind.restore(fields, NEVER, NEVER), NEVER);
    return {
      before,
      after: { entries, text: plan.text },
      changes: changesBetween(fieldsBefore, plan.entries),
      faults: plan.faults,
    };
  }

  /** Everything that a text of another installation has without faults. */
  adopted(text: string): Plan {
    const { entries, faults } = admit(this.format.read(text), undefined);
    if (!hasErrors(faults)) return { entries, text, faults };
    throw fileInvalid(this.kind, faults, `The ${this.kind.noun}s file of the other installation cannot be read`);
  }

  async reconcileOrRefuse(site: LockedSite<E>): Promise<Settled<E>> {
    const settled = await this.reconcileFirst(site);
    const { head, faults } = settled;
    if (!head || faults.length > 0)
      throw fileInvalid(this.kind, faults, `The ${this.kind.noun}s file has faults and nothing was changed`);
    return { ...settled, head };
  }

  /** Completes an earlier change. If that fails, this change was not started, whatever became of the earlier one. */
  private async reconcileFirst(site: LockedSite<E>): Promise<Reconciled<E>> {
    try {
      // What somebody else wrote into the file is not this caller's doing.
      return await outsideCalls(() => this.reconciliation.reconcile(site));
    } catch (error) {
      if (effectOf(error) !== 'committed') throw error;
      const message = `The ${this.kind.noun}s file could not be brought up to an earlier change, so nothing of this one was made. Try again.`;
      throw new Unavailable(`${this.kind.noun}_config.file_stale`, message, 'not-started', error);
    }
  }

  private decided({ head, unseen, faults }: Settled<E>, decide: Decide<E>): Plan | undefined {
    const before = { entries: head.entries, quarantined: quarantinedIn(head, this.format) };
    const after = decide(before, unseen);
    const edits = editsOf(before, after);
    if (edits.length === 0) return undefined;
    const text = this.format.edit(head.text, edits);
    const entries = after.entries.map((one) => one.fields);
    return { entries: inOrderOf(this.format.read(text).entries, entries), text, faults };
  }

  private async restored(site: LockedSite<E>, { head }: Reconciled<E>, number: number): Promise<Plan> {
    const target = await site.revisions.get(number);
    if (!target)
      throw new DomainError(`${this.kind.noun}_config.revision_not_found`, `There is no revision ${number}.`, {
        params: { revision: number },
      });
    const reading = this.format.read(target.text);
    const then = reading.faulty.length > 0 && head ? await this.knownAt(site, head, target) : [];
    const { entries, faults } = admit(reading, then);
    if (hasErrors(faults)) throw fileInvalid(this.kind, faults, `Revision ${number} breaks rules that came later`);
    return { entries, text: target.text, faults };
  }

  /**
   * The entries of an earlier revision. One of its entries that stricter rules made faulty since is not quarantined.
   */
  private async knownAt(
    site: LockedSite<E>,
    head: Settled<E>['head'],
    { number, text }: FullRevision,
  ): Promise<Known[]> {
    const { items } = await site.revisions.page(head.revision.number - number, 0);
    const now = head.entries.map((one) => one.fields);
    const entries = items.reduce((later: readonly JsonObject[], { changes }) => undo(later, changes), now);
    return [known(entries, this.format.read(text))];
  }

  /** By the rules of an edit of the file: what was faulty already stays quarantined, what became faulty refuses all. */
  private written({ head }: Reconciled<E>, { text, faults: own }: WrittenText): Plan {
    const admitted = admit(this.format.read(text), head ? [knownOf(head, this.format)] : undefined);
    const faults = [...own, ...admitted.faults].sort((a, b) => a.line - b.line || a.column - b.column);
    const entries = hasErrors(faults) ? (head?.entries.map((one) => one.fields) ?? []) : admitted.entries;
    return { entries, text, faults };
  }
}
