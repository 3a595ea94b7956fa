import type { Log } from '../shared/log';
import type { EvidenceStore, Mismatch } from './evidence-store';
import type { Alarm } from './operation-watch';
import type { RolloutPolicy } from './rollout-policy';
import { ALL_GROUPS, type RolloutDocument, type RolloutStore } from './rollout-store';

interface Trip {
  readonly entry: number;
  readonly reason: string;
}

/** What this process does about its own observations: takes itself back at once, and lets the others know. */
export class RolloutRuntime {
  /** Trips of this process that could not be stored yet. */
  private readonly unstored = new Map<string, Trip>();
  /** Groups whose kill the database forgot, and which was not stored again yet; `*` stands for all of them. */
  private readonly forgottenKills = new Set<string>();

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

  /** The database went back behind a document it had acknowledged: whoever stopped something then meant it. */
  forgot({ revision, killed, groups }: RolloutDocument): void {
    const stopped = [...groups].filter(([, { state }]) => state.killed).map(([group]) => group);
    for (const group of [...stopped, ...(killed ? [ALL_GROUPS] : [])]) this.forgottenKills.add(group);
    this.log.error('the database lost changes of the rollout that it had acknowledged: check every group', {
      revision,
      killed: [...this.forgottenKills],
    });
  }

  /** Stores what this process found out or remembers and the database does not have yet. */
  async storePending(): Promise<void> {
    await this.storeKills();
    await this.storeTrips();
  }

  private async storeKills(): Promise<void> {
    for (const group of this.forgottenKills) {
      await this.store.change(null, (now) => {
        const killed = group === ALL_GROUPS ? now.killed : (now.groups.get(group)?.state.killed ?? true);
        const evidence = { reason: 'the database had lost this kill' };
        return { transitions: killed ? [] : [{ group, event: { kind: 'killed' }, evidence }] };
      });
      this.forgottenKills.delete(group);
    }
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

  /** A confirmed difference of the two paths is no matter of statistics. */
  readonly mismatch = async (mismatch: Mismatch): Promise<void> => {
    const { group, entry, operation, pointers } = mismatch;
    await this.evidence.addMismatch(mismatch);
    await this.takeBack(group, entry, `the paths answer ${operation} differently at ${pointers[0]?.pointer ?? ''}`);
  };

  /** Rolls a group back, or freezes it where its plan says so, unless that stage is over already. */
  async takeBack(group: string, entry: number | undefined, reason: string): Promise<void> {
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
