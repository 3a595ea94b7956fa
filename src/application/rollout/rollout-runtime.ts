import type { Log } from '../shared/log';
import type { EvidenceStore, Mismatch, Sample } from './evidence-store';
import type { Alarm } from './operation-watch';
import type { RolloutPolicy } from './rollout-policy';
import type { RolloutStore } from './rollout-store';
import type { ShadowComparer } from './shadow-comparer';

/** Where this process counts what its calls did. */
export interface SampleSource {
  drain(): Sample[];
}

interface Trip {
  readonly entry: number;
  readonly reason: string;
}

/** What this process does about its own observations: takes itself back at once, tells the others, hands in evidence. */
export class RolloutRuntime {
  /** Trips of this process that could not be stored yet. */
  private readonly unstored = new Map<string, Trip>();

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

  /** Hands in what was counted since the last time; counts that could not be handed in wait for the next time. */
  handIn(samples: SampleSource, shadow: Pick<ShadowComparer, 'drain'>): () => Promise<void> {
    let [waiting, compared] = [samples.drain(), shadow.drain()];
    return async () => {
      waiting = [...waiting, ...samples.drain()];
      compared = [...compared, ...shadow.drain()];
      await this.evidence.add(waiting, compared);
      [waiting, compared] = [[], []];
      await this.storeTrips();
    };
  }
}
