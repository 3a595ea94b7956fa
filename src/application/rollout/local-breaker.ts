import type { RolloutEvent } from '../../domain/rollout/rollout-state';
import type { Log } from '../shared/log';
import type { Alarm } from './evidence-recorder';
import type { EvidenceStore, Mismatch } from './evidence-store';
import type { RolloutPolicy } from './rollout-policy';
import { ALL_GROUPS, type RolloutDocument, type RolloutStore, type Transition } from './rollout-store';

interface Trip {
  readonly entry: number;
  readonly reason: string;
}

/**
 * Acts on this process's own observations: takes the group back at once in this process, and stores it for the others.
 */
export class LocalBreaker {
  /** Trips of this process that are not stored yet. */
  private readonly unstored = new Map<string, Trip>();
  /** Kills and rollbacks that the database lost, and that are not stored again yet. */
  private forgotten: readonly Transition[] = [];

  constructor(
    private readonly policy: RolloutPolicy,
    private readonly store: RolloutStore,
    private readonly evidence: EvidenceStore,
    private readonly log: Log,
  ) {}

  /** The local breaker: no I/O before this process is safe. */
  readonly tripped: Alarm = (group, entry, operation) => {
    const state = this.policy.stateOf(group);
    if (!state || state.entry !== entry || state.effectiveBps === 0) return;
    this.policy.trip(group, entry);
    const reason = `calls of ${operation} fail on the domain path`;
    this.log.error(`${group} is taken back to legacy: ${reason}`);
    this.unstored.set(group, { entry, reason });
    this.storeTrips().catch((error: unknown) =>
      this.log.error('the rollback holds in this process, and is stored when it can be', { group, error }),
    );
  };

  /**
   * The database returned an older document than it had acknowledged: kills and rollbacks of the newer one stay valid.
   */
  forgot({ revision, killed, groups }: RolloutDocument): void {
    const reason = 'the database had lost it, perhaps in a failover';
    const of = (group: string, event: RolloutEvent): Transition => ({ group, event, evidence: { reason } });
    this.forgotten = [...groups].flatMap(([group, { state }]) => [
      ...(state.killed ? [of(group, { kind: 'killed' })] : []),
      ...(state.status === 'rolled_back'
        ? [of(group, { kind: 'rolled_back', reason: state.tripReason ?? reason })]
        : []),
    ]);
    if (killed) this.forgotten = [of(ALL_GROUPS, { kind: 'killed' }), ...this.forgotten];
    this.log.error('the rollout went back to an older revision, so changes were lost: check every group', {
      revision,
      storedAgain: this.forgotten.map(({ group, event }) => `${group} ${event.kind}`),
    });
    this.storeForgotten().catch((error: unknown) =>
      this.log.error('what was stopped stays stopped in this process, and is stored when it can be', { error }),
    );
  }

  /** Stores trips, and lost kills and rollbacks, that the database does not have yet. */
  async storePending(): Promise<void> {
    await this.storeForgotten();
    await this.storeTrips();
  }

  private async storeForgotten(): Promise<void> {
    const { forgotten } = this;
    if (forgotten.length === 0) return;
    await this.store.change(null, (now) => ({ transitions: forgotten.filter((each) => isNew(each, now)) }));
    if (this.forgotten === forgotten) this.forgotten = [];
  }

  /** Until a trip is stored, neither the other services nor people know of it. */
  private async storeTrips(): Promise<void> {
    for (const [group, { entry, reason }] of this.unstored) {
      await this.takeBack(group, entry, reason);
      if (this.unstored.get(group)?.entry === entry) this.unstored.delete(group);
    }
  }

  readonly attention = (group: string, entry: number, operation: string): void => {
    const reason = `calls of ${operation} fail on the domain path more often than they should`;
    this.log.warn(`${group} needs attention: ${reason}`);
    this.store
      .change(null, (now) => {
        const state = now.groups.get(group)?.state;
        const news = state?.entry === entry && state.attention === null;
        return { transitions: news ? [{ group, event: { kind: 'attention', reason } }] : [] };
      })
      .catch((error: unknown) => this.log.warn('attention could not be stored', { group, error }));
  };

  /** A confirmed difference of the two paths needs no statistics. */
  readonly mismatch = async (mismatch: Mismatch): Promise<void> => {
    const { group, entry, operation, pointers } = mismatch;
    await this.evidence.addMismatch(mismatch);
    await this.takeBack(group, entry, `the paths answer ${operation} differently at ${pointers[0]?.pointer ?? ''}`);
  };

  /** Table and file differed, so the paths answered differently: that needs no statistics either. */
  tableDiffered = (group: string, where: string): Promise<void> =>
    this.takeBack(group, undefined, `the table differed from the file at ${where}`);

  /** Rolls a group back, or freezes it where its plan says so, unless that stage is over already. */
  private async takeBack(group: string, entry: number | undefined, reason: string): Promise<void> {
    await this.store.change(null, (now) => {
      const found = now.groups.get(group);
      if (!found || found.state.effectiveBps === 0 || (entry !== undefined && found.state.entry !== entry))
        return { transitions: [] };
      if (found.state.status === 'frozen') return { transitions: [] };
      const kind = found.plan.onTrip === 'freeze' ? 'frozen' : 'rolled_back';
      return { transitions: [{ group, event: { kind, reason } }] };
    });
  }
}

/** Whether a lost kill or rollback is still missing, so that only one of many instances stores it again. */
function isNew({ group, event }: Transition, now: RolloutDocument): boolean {
  if (group === ALL_GROUPS) return !now.killed;
  const state = now.groups.get(group)?.state;
  if (!state) return false;
  return event.kind === 'killed' ? !state.killed : state.effectiveBps > 0;
}
