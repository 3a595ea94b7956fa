import { type Decision, type RolloutSnapshot, decide } from '../../domain/rollout/decision';
import { type DomainError, Unavailable, effectOf, isAnswer } from '../../domain/shared/domain-error';
import { type CallContext, currentCall } from '../shared/call-context';
import type { Log } from '../shared/log';

/** When a write that failed on the domain path may be retried on the legacy path. */
export type WriteFallback = 'none' | 'ifNotStarted' | 'ifRolledBack';

/** What the router needs to know of an operation, from its row in the catalogue. */
export interface RoutedOperation {
  /** `cameras.create`. */
  readonly id: string;
  readonly group: string;
  readonly effect: 'read' | 'write';
  readonly fallback: WriteFallback;
  /** The member of the input that keeps a caller on its path, or `caller`. */
  readonly stickyBy: string;
  /** Where two right answers may differ, as JSON pointers with `*`. */
  readonly mayDiffer: readonly string[];
}

/** How one attempt on one path ended. A refusal (404, 409, 400) is `reject`: an answer, not a failure. */
export type Outcome = 'ok' | 'reject' | 'failure';

/** Called for every attempt, with its milliseconds; must not allocate, must not wait. */
export type Recorder = (operation: RoutedOperation, decision: Decision, outcome: Outcome, ms: number) => void;

/** The answer of a path: a value, or a refusal. */
export type Answer = { readonly value: unknown } | { readonly refused: DomainError };

/** An answered read, and both ways of calling it again. */
export interface AnsweredRead {
  readonly operation: RoutedOperation;
  readonly input: object;
  readonly served: Decision;
  readonly answer: Answer;
  readonly again: Call;
  readonly other: Call;
}

/** Called for every answered read, to compare with the other path once the answer has been sent. */
export type Shadow = (read: AnsweredRead) => void;

/** One operation on one path. */
export type Call = (input: object) => Promise<unknown>;

/** Sends each call of an operation to the domain path or the legacy path, and back to legacy where that is safe. */
export class OperationRouter {
  constructor(
    private readonly snapshot: () => RolloutSnapshot,
    private readonly record: Recorder,
    private readonly shadow: Shadow,
    private readonly log: Log,
  ) {}

  /** A call that chooses, each time, between two implementations of one operation. */
  between(operation: RoutedOperation, domain: Call, legacy: Call): Call {
    return (input) => this.call(operation, input, domain, legacy);
  }

  private async call(operation: RoutedOperation, input: object, domain: Call, legacy: Call): Promise<unknown> {
    const context = currentCall();
    const snapshot = this.snapshot();
    const group = snapshot.groups.get(operation.group);
    if (!group) throw new Error(`operation ${operation.id} names the unknown group ${operation.group}`);
    const key = keyOf(operation, input, context);
    const decision = decide(snapshot, group, operation.effect, key, context?.force);
    if (context) context.served = decision;
    if (decision.path === 'legacy') return this.attempt(operation, decision, input, legacy, domain);
    try {
      if (context?.drill)
        throw new Unavailable('rollout.drill', 'The domain path was made to fail, as asked.', 'not-started');
      return await this.attempt(operation, decision, input, domain, legacy);
    } catch (error) {
      if (!mayFallBack(operation, error)) throw error;
      this.log.warn(`${operation.id} failed on the domain path and is served by legacy`, { error });
      const fallback = group.outcomes.legacy.fallback;
      if (context) context.served = fallback;
      return context?.drill ? legacy(input) : this.attempt(operation, fallback, input, legacy);
    }
  }

  /** Calls one path, records the outcome, and offers the answer of a read for comparison with the other path. */
  private async attempt(operation: RoutedOperation, served: Decision, input: object, again: Call, other?: Call) {
    const from = performance.now();
    let answer: Answer;
    try {
      answer = { value: await again(input) };
    } catch (error) {
      if (!isAnswer(error)) {
        this.observe(operation, served, 'failure', from);
        throw error;
      }
      answer = { refused: error };
    }
    this.observe(operation, served, 'value' in answer ? 'ok' : 'reject', from);
    if (other && operation.effect === 'read') this.shadow({ operation, input, served, answer, again, other });
    if ('refused' in answer) throw answer.refused;
    return answer.value;
  }

  private observe(operation: RoutedOperation, decision: Decision, outcome: Outcome, from: number): void {
    if (currentCall()?.probe !== undefined) return;
    try {
      this.record(operation, decision, outcome, performance.now() - from);
    } catch (error) {
      this.log.error('an observation could not be recorded', { operation: operation.id, error });
    }
  }
}

/**
 * An answer is final. A read may be retried anywhere; a write only where the first attempt provably left nothing
 * behind.
 */
function mayFallBack({ effect, fallback }: RoutedOperation, error: unknown): boolean {
  if (isAnswer(error)) return false;
  if (effect === 'read') return true;
  const left = effectOf(error);
  switch (fallback) {
    case 'none':
      return false;
    case 'ifNotStarted':
      return left === 'not-started';
    case 'ifRolledBack':
      return left === 'not-started' || left === 'rolled-back';
  }
}

/** Calls of a caller without a name are drawn one by one. */
function keyOf({ stickyBy }: RoutedOperation, input: object, context: CallContext | undefined): string {
  const named = stickyBy === 'caller' ? undefined : (input as Readonly<Record<string, unknown>>)[stickyBy];
  if (typeof named === 'number') return String(named);
  return typeof named === 'string' ? named : (context?.probe ?? context?.actor ?? context?.requestId ?? '');
}
