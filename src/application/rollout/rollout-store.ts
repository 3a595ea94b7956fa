import type { StoredEvent } from '../../domain/rollout/event-chain';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import type { RolloutEvent, RolloutState } from '../../domain/rollout/rollout-state';
import type { Json } from '../../domain/shared/json';

/** The whole of the rollout as stored. */
export interface RolloutDocument {
  readonly revision: number;
  /** The database's time of the read: the clocks of instances may be wrong, and must not decide on a stage. */
  readonly now: Date;
  readonly killed: boolean;
  readonly planSha256: string;
  /** The environment's settings at the last start that changed anything. */
  readonly environment: Json;
  readonly groups: ReadonlyMap<string, { readonly plan: GroupPlan; readonly state: RolloutState }>;
}

/** One step of one group; `*` is the switch over all groups. */
export interface Transition {
  readonly group: string;
  readonly event: RolloutEvent;
  /** Every number that the step is based on, with its limit. */
  readonly evidence?: Json;
}

/** What a change of the rollout writes besides transitions. */
export interface RolloutChange {
  readonly transitions: readonly Transition[];
  readonly plans?: { readonly all: readonly GroupPlan[]; readonly sha256: string };
  readonly environment?: Json;
}

export interface Instance {
  readonly id: string;
  readonly name: string;
  readonly appliedRevision: number;
  readonly appliedAt: Date;
  readonly heartbeatAt: Date;
}

export interface RolloutStore {
  load(): Promise<RolloutDocument>;
  /**
   * Decides and writes under the lock that serialises every transition; whatever `decide` throws passes through and
   * nothing is written. Instances are notified at COMMIT. `actor` is the person who requested it, null for the service
   * itself.
   */
  change(
    actor: string | null,
    decide: (now: RolloutDocument) => RolloutChange,
  ): Promise<{ document: RolloutDocument; committedAt: Date }>;
  /** In order of number, after a given one: those of a group and those over all groups, or all. */
  events(group: string | undefined, limit: number, after: number): Promise<StoredEvent[]>;
  /** The newest ones, in order of number. */
  newestEvents(limit: number): Promise<StoredEvent[]>;
  /** Whether no event was changed or removed since it was written, neither in the middle nor at the end. */
  isIntact(): Promise<boolean>;
  /** Instances with a heartbeat within the last ten seconds. */
  instances(): Promise<Instance[]>;
}

/** The group name of events over all groups. */
export const ALL_GROUPS = '*';
