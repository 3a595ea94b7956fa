import {
  type EvaluationContext,
  FlagNotFoundError,
  type Provider,
  type ResolutionDetails,
  type ResolutionReason,
  StandardResolutionReasons,
  TargetingKeyMissingError,
  TypeMismatchError,
} from '@openfeature/server-sdk';
import type { RoutedOperation } from '../../application/rollout/operation-router';
import { type Reason, type RolloutSnapshot, decide } from '../../domain/rollout/decision';

const { DEFAULT, DISABLED, SPLIT, STALE, STATIC, TARGETING_MATCH } = StandardResolutionReasons;

const STANDARD: Readonly<Record<Reason, ResolutionReason>> = {
  killed: DISABLED,
  tripped: DISABLED,
  rolled_back: DISABLED,
  stale: STALE,
  forced: TARGETING_MATCH,
  holdout: SPLIT,
  control: SPLIT,
  split: SPLIT,
  static: STATIC,
  fallback: DEFAULT,
};

/**
 * The rollout's decisions for code that speaks OpenFeature: the flag is an operation (`cameras.list`) or a group, its
 * value whether the domain path serves, `targetingKey` the camera or the caller. Requests do not come this way: the
 * router decides without waiting.
 */
export class RolloutProvider implements Provider {
  readonly runsOn = 'server';
  readonly metadata = { name: 'watchgate rollout' } as const;
  private readonly operations: ReadonlyMap<string, Pick<RoutedOperation, 'group' | 'effect'>>;

  constructor(
    private readonly snapshot: () => RolloutSnapshot,
    operations: readonly Pick<RoutedOperation, 'id' | 'group' | 'effect'>[],
  ) {
    this.operations = new Map(operations.map((operation) => [operation.id, operation]));
  }

  async resolveBooleanEvaluation(
    flag: string,
    _default: boolean,
    { targetingKey }: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    const snapshot = this.snapshot();
    // A group as a whole is decided as strictly as its writes.
    const { group, effect } = this.operations.get(flag) ?? { group: flag, effect: 'write' };
    const compiled = snapshot.groups.get(group);
    if (!compiled) throw new FlagNotFoundError(`"${flag}" is no operation and no group that is switched`);
    if (targetingKey === undefined)
      throw new TargetingKeyMissingError('targetingKey must name the camera or the caller');
    const { path, reason, revision, entry } = decide(snapshot, compiled, effect, targetingKey, undefined);
    return {
      value: path === 'domain',
      variant: path,
      reason: STANDARD[reason],
      flagMetadata: { group, reason, revision, entry },
    };
  }

  resolveStringEvaluation = notBoolean;
  resolveNumberEvaluation = notBoolean;
  resolveObjectEvaluation = notBoolean;
}

const notBoolean = (flag: string): Promise<never> =>
  Promise.reject(new TypeMismatchError(`"${flag}" is boolean: whether the domain path serves`));
