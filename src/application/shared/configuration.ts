import { randomUUID } from 'node:crypto';
import { type ConfigEntry, type EntryChange, changesBetween } from '../../domain/shared/entry-changes';
import type { ConfigRevision } from '../../domain/shared/config-revision';
import { DomainError, Unavailable, effectOf, withEffect } from '../../domain/shared/domain-error';
import { sha256 } from '../../domain/shared/sha256';
import type { ConfigFault, ConfigFile, ConfigKind } from './config-file';
import type { ConfigUnitOfWork, LockedSite } from './config-unit-of-work';
import { type ConfigPlans, type Decide, type Preview, type Wanted, fileInvalid } from './configuration-plans';
import type { ConfigHead, ConfigPublishing, NextConfig } from './configuration-publication';
import type { Reconciled, Reconciliation } from './configuration-reconciliation';
import { hasErrors } from './quarantine';

type Change<E> = (site: LockedSite<E>, token: string) => Promise<ConfigHead<E>>;

const TRIES = 10;

/** Makes sure that a change of the configuration is answered truthfully, also when the database goes away at COMMIT. */
export class ConfigOutcomes<E extends ConfigEntry<E>> {
  constructor(
    private readonly kind: ConfigKind<E>,
    private readonly unit: ConfigUnitOfWork<E>,
    private readonly reconciliation: Reconciliation<E>,
    private readonly pause: () => Promise<void>,
  ) {}

  /**
   * Runs a change under the lock. Every error says what was left behind (`effectOf`). `takeBack` undoes, under the
   * lock, what the change did outside the database, once it is certain that the database did not store it.
   */
  async runWithKnownOutcome(change: Change<E>, takeBack: () => Promise<void>): Promise<ConfigHead<E>> {
    const token = randomUUID();
    try {
      return await this.unit.exclusively((site) => change(site, token));
    } catch (error) {
      if (effectOf(error) !== 'unknown') throw withEffect(error, 'rolled-back');
      return this.findOut(token, error, takeBack);
    }
  }

  /** Getting the lock proves that the lost session has ended: its revision is stored now, or never will be. */
  private async findOut(token: string, lost: unknown, takeBack: () => Promise<void>): Promise<ConfigHead<E>> {
    for (let i = 0; i < TRIES; i++) {
      await this.pause();
      try {
        return await this.unit.exclusively((site) => this.look(site, token, takeBack));
      } catch (error) {
        const effect = effectOf(error);
        if (effect === 'committed' || effect === 'rolled-back') throw error;
      }
    }
    throw lost;
  }

  private async look(site: LockedSite<E>, token: string, takeBack: () => Promise<void>): Promise<ConfigHead<E>> {
    if (!(await site.revisions.withToken(token))) {
      await takeBack();
      const message = 'The database went away before the change was stored; nothing was changed. Try again.';
      throw new Unavailable('database.unavailable', message, 'rolled-back');
    }
    const { head } = await this.reconciliation.reconcile(site).catch((error: unknown) => {
      const message = `The change is stored, but the ${this.kind.noun}s file could not be brought up to it; that is tried again.`;
      throw new Unavailable(`${this.kind.noun}_config.file_stale`, message, 'committed', error);
    });
    if (!head) throw new Error('a stored revision has no head');
    return head;
  }
}

/** A configuration of the site, such as its cameras: table, file and revisions, changed together or not at all. */
export class Configuration<E extends ConfigEntry<E>> {
  constructor(
    private readonly kind: ConfigKind<E>,
    private readonly unit: ConfigUnitOfWork<E>,
    private readonly file: ConfigFile,
    private readonly plans: ConfigPlans<E>,
    private readonly reconciliation: Reconciliation<E>,
    private readonly publishing: ConfigPublishing<E>,
    private readonly outcomes: ConfigOutcomes<E>,
  ) {}

  /** Reconciles table and file; run at start, when the file changes, and every minute. */
  async reconcile(): Promise<Reconciled<E>> {
    return this.unit.exclusively(async (site) => {
      await this.file.sweep();
      return this.reconciliation.reconcile(site);
    });
  }

  /** Why an edit that removes many entries waits for confirmation. */
  get doubt(): ConfigFault | undefined {
    return this.reconciliation.doubt;
  }

  /**
   * Corrects the table and answers where it differed from the newest revision. Only this service should write to it.
   */
  async inspect(): Promise<readonly EntryChange[]> {
    return this.unit.exclusively(async (site) => {
      const { head } = await this.reconciliation.reconcile(site);
      const inTable = (await site.entries.all()).map((one) => one.fields);
      const wanted = head?.entries ?? [];
      const changes = head
        ? changesBetween(
            inTable,
            wanted.map((one) => one.fields),
          )
        : [];
      if (changes.length > 0) await site.commit((tables) => tables.entries.apply(wanted, changes));
      return changes;
    });
  }

  /** One change, table first: the way of the domain path. Answers the entries after it. */
  async change(decide: Decide<E>): Promise<readonly E[]> {
    const head = await this.outcomes.runWithKnownOutcome(async (site, token) => {
      const { settled, plan } = await this.plans.plan(site, { decide });
      return plan ? this.publish(site, settled, { ...plan, origin: 'api', token }) : headOf(settled);
    }, this.sweep);
    return head.entries;
  }

  /** One change, file first: the way of the legacy path. The table follows as it does after a person's edit. */
  async changeFile(decide: Decide<E>): Promise<readonly E[]> {
    let takeBack = this.sweep;
    const head = await this.outcomes.runWithKnownOutcome(
      async (site, token) => {
        const { settled, plan } = await this.plans.plan(site, { decide });
        const before = headOf(settled);
        if (!plan) return before;
        takeBack = () =>
          this.putText(before.text, sha256(plan.text)).catch((error: unknown) => notTakenBack(this.kind, error));
        await this.replaceFile(plan.text, before.revision.sha256, takeBack);
        return this.follow(site, before, { ...plan, origin: 'legacy', token }, takeBack);
      },
      () => takeBack(),
    );
    return head.entries;
  }

  /** Makes the text of an earlier revision the newest one; a faulty file is moved away, not lost. */
  async restore(number: number): Promise<ConfigRevision> {
    const head = await this.outcomes.runWithKnownOutcome(async (site, token) => {
      const { settled, plan } = await this.plans.plan(site, { restore: number });
      if (settled.faults.length > 0) await this.file.moveAway();
      return plan ? this.publish(site, settled, { ...plan, origin: 'restore', token }) : headOf(settled);
    }, this.sweep);
    return head.revision;
  }

  /**
   * Makes a text the file, as if a person had saved it, but under the lock, so that nothing is merged: `write` refuses
   * a file that the text does not start from. A text with errors is refused as a whole.
   */
  async write(write: Extract<Wanted<E>, { write: unknown }>['write']): Promise<ConfigRevision> {
    const head = await this.outcomes.runWithKnownOutcome(async (site, token) => {
      const { settled, plan } = await this.plans.plan(site, { write });
      if (plan && hasErrors(plan.faults))
        throw fileInvalid(this.kind, plan.faults, 'The text has faults and nothing was changed');
      if (!plan || (settled.head && plan.text === settled.disk?.text)) return headOf(settled);
      return this.publish(site, settled, { ...plan, origin: 'api', token });
    }, this.sweep);
    return head.revision;
  }

  /**
   * What a change would make of the configuration; it is not made. An edit of the file that waits is taken in first, as
   * it is before every change. Throws what the change would.
   */
  async preview(wanted: Wanted<E>): Promise<Preview<E>> {
    return this.unit.exclusively((site) => this.plans.preview(site, wanted));
  }

  /**
   * Takes the text of another installation unchanged instead of `expected`; its entries with faults are quarantined.
   */
  async adopt(text: string, expected: ConfigRevision): Promise<void> {
    const plan = this.plans.adopted(text);
    await this.outcomes.runWithKnownOutcome(async (site, token) => {
      const settled = await this.plans.reconcileOrRefuse(site);
      if (settled.head.revision.number !== expected.number) {
        const message = `The ${this.kind.noun}s were changed this very moment, so nothing of the old file was taken: try again.`;
        throw new DomainError(`${this.kind.noun}_config.busy`, message);
      }
      return this.publish(site, settled, { ...plan, origin: 'import', token });
    }, this.sweep);
  }

  private async publish(site: LockedSite<E>, settled: Reconciled<E>, next: NextConfig): Promise<ConfigHead<E>> {
    const published = await this.publishing.publish(site, settled.head, settled.disk, next);
    if (published.revision.inFile) return published;
    try {
      return (await this.reconciliation.reconcile(site)).head ?? published;
    } catch (error) {
      throw stored(this.kind, published, error);
    }
  }

  /** The file holds the change already; if the database provably did not store it, the file is reverted. */
  private async follow(site: LockedSite<E>, head: ConfigHead<E>, next: NextConfig, takeBack: () => Promise<void>) {
    const disk = { text: next.text, sha256: sha256(next.text) };
    try {
      return await this.publishing.publish(site, head, disk, next);
    } catch (error) {
      if (effectOf(error) === 'rolled-back') await takeBack();
      throw error;
    }
  }

  /** A rename that failed half-way (the folder could not be synced) is undone, so that the answer is true. */
  private async replaceFile(text: string, expected: string, takeBack: () => Promise<void>): Promise<void> {
    const staged = await this.file.stage(text);
    const replaced = await staged.replace(expected).catch(async (error: unknown) => {
      await takeBack();
      throw error;
    });
    if (replaced) return;
    await staged.discard();
    const { noun } = this.kind;
    throw new DomainError(`${noun}_config.busy`, `The ${noun}s file was edited this very moment: try again.`);
  }

  private readonly sweep = (): Promise<void> => this.file.sweep();

  private async putText(text: string, expected: string): Promise<void> {
    const staged = await this.file.stage(text);
    if (!(await staged.replace(expected))) await staged.discard();
  }
}

type Noun = Pick<ConfigKind<never>, 'noun'>;

function headOf<E>({ head }: Reconciled<E>): ConfigHead<E> {
  if (head) return head;
  throw new Error('a change was planned without a configuration');
}

/** The file may hold a change that the table never got; the next reconciliation takes it in or undoes it. */
function notTakenBack({ noun }: Noun, error: unknown): never {
  const message = `The ${noun}s file may hold the change, and could not be put back: read before you try again.`;
  throw new Unavailable(`${noun}_config.file_unwritable`, message, 'unknown', error);
}

const stored = ({ noun }: Noun, { revision }: ConfigHead<unknown>, cause: unknown) =>
  new Unavailable(
    `${noun}_config.file_stale`,
    `Revision ${revision.number} is stored; the ${noun}s file was edited meanwhile and follows within a minute.`,
    'committed',
    cause,
    { revision: revision.number },
  );
