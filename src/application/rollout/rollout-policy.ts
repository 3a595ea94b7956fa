import { seedOf } from '../../domain/rollout/bucket';
import { type RolloutSnapshot, compileGroup } from '../../domain/rollout/decision';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import type { RolloutState } from '../../domain/rollout/rollout-state';
import type { RolloutDocument } from './rollout-store';

const NEVER: RolloutSnapshot = { revision: -1, killed: false, stale: false, groups: new Map() };

/** The rollout as this process applies it: one immutable snapshot, replaced as a whole. */
export class RolloutPolicy {
  private document?: RolloutDocument;
  private stale = false;
  /** Groups whose local breaker has tripped, with the stage entry it tripped in. */
  private readonly tripped = new Map<string, number>();
  private compiled = NEVER;

  readonly snapshot = (): RolloutSnapshot => this.compiled;

  get revision(): number {
    return this.compiled.revision;
  }

  stateOf(group: string): RolloutState | undefined {
    return this.document?.groups.get(group)?.state;
  }

  planOf(group: string): GroupPlan | undefined {
    return this.document?.groups.get(group)?.plan;
  }

  /** Groups that were taken back to legacy: in this process, or for all instances by the stored state. */
  takenBack(): readonly string[] {
    const stored = [...(this.document?.groups ?? [])].filter(([, { state }]) => state.tripReason !== null);
    return [...new Set([...this.tripped.keys(), ...stored.map(([group]) => group)])].sort();
  }

  /**
   * Applies a document. One that is older than the present one means that the database lost what it had acknowledged (a
   * failover to a server that was behind, a restored backup); then the lost document is answered, and what it had
   * stopped stays stopped in this process.
   */
  install(document: RolloutDocument): RolloutDocument | undefined {
    if (document.revision === this.revision) return undefined;
    const forgotten = document.revision < this.revision ? this.document : undefined;
    this.document = forgotten ? stoppedAsIn(forgotten, document) : document;
    for (const [group, entry] of this.tripped) {
      const state = document.groups.get(group)?.state;
      if (state && (state.entry !== entry || state.effectiveBps === 0)) this.tripped.delete(group);
    }
    this.compile();
    return forgotten;
  }

  /** Whether the state could not be confirmed for so long that this process could not be stopped from outside. */
  setStale(stale: boolean): void {
    if (stale === this.stale) return;
    this.stale = stale;
    this.compile();
  }

  /** Takes a group back to legacy in this process, at once; the stored rollback follows. */
  trip(group: string, entry: number): void {
    this.tripped.set(group, entry);
    this.compile();
  }

  private compile(): void {
    if (!this.document) return;
    const { revision, killed, groups } = this.document;
    const compiled = [...groups].map(([group, { state }]) => {
      const { effectiveBps: bps, holdout, entry } = state;
      const settings = {
        group,
        seed: seedOf(group),
        bps,
        holdout,
        entry,
        killed: state.killed,
        tripped: this.tripped.has(group),
        rolledBack: state.status === 'rolled_back',
      };
      return [group, compileGroup(settings, revision)] as const;
    });
    this.compiled = { revision, killed, stale: this.stale, groups: new Map(compiled) };
  }
}

function stoppedAsIn(forgotten: RolloutDocument, document: RolloutDocument): RolloutDocument {
  const groups = [...document.groups].map(([group, { plan, state }]) => {
    const before = forgotten.groups.get(group)?.state;
    const killed = state.killed || before?.killed === true;
    const stopped = before?.status === 'rolled_back' ? { status: before.status, bps: 0, effectiveBps: 0 } : {};
    return [group, { plan, state: { ...state, killed, ...stopped } }] as const;
  });
  return { ...document, killed: document.killed || forgotten.killed, groups: new Map(groups) };
}
