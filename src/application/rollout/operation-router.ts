import {
  type CompiledGroup,
  decide,
  type Decision,
  type Path,
  type RolloutSnapshot,
} from '../../domain/rollout/decision';
import { effectOf, isAnswer } from '../../domain/shared/domain-error';
import { type CallContext, currentCall } from '../shared/call-context';
import type { Log } from '../shared/log';

/** When a write that failed on the domain path may be tried on the legacy path. */
export type WriteFallback = 'none' | 'ifNotStarted' | 'ifRolledBack';

/** What the router must know of an operation; the catalogue's rows say it. */
export interface RoutedOperation {
  /** `cameras.create`. */
  readonly id: string;
  readonly group: string;
  readonly effect: 'read' | 'write';
  readonly fallback: WriteFallback;
  /** The member of the input that keeps a caller on its path, or `caller`. */
  readonly stickyBy: string;
}

/** One attempt on one path. A refusal (404, 409, 400) is `reject`: an answer, not a failure. */
export interface Observation {
  readonly operation: string;
  readonly path: Path;
  readonly reason: Decision['reason'];
  readonly outcome: 'ok' | 'reject' | 'failure';
  readonly ms: number;
  readonly revision: number;
}

export type Recorder = (observation: Observation) => void;

type Port = { readonly [method: string]: (input: never) => Promise<unknown> };
type Call = (input: object) => Promise<unknown>;

/** Sends each call of a port to the domain path or the legacy path, and back to legacy where that is safe. */
export class OperationRouter {
  constructor(
    private readonly snapshot: () => RolloutSnapshot,
    private readonly record: Recorder,
    private readonly log: Log,
  ) {}

  /** A port that chooses, for each call, between two implementations of the same port. */
  between<P extends object>(operations: Readonly<Record<keyof P & string, RoutedOperation>>, domain: P, legacy: P): P {
    const chosen = Object.values<RoutedOperation>(operations).map((operation) => {
      const method = operation.id.slice(operation.id.indexOf('.') + 1);
      const [onDomain, onLegacy] = [bound(domain, method), bound(legacy, method)];
      return [method, (input: object) => this.call(operation, input, onDomain, onLegacy)];
    });
    return Object.fromEntries(chosen) as P;
  }

  private async call(operation: RoutedOperation, input: object, domain: Call, legacy: Call): Promise<unknown> {
    const context = currentCall();
    const snapshot = this.snapshot();
    const group = snapshot.groups.get(operation.group);
    if (!group) throw new Error(`operation ${operation.id} names the unknown group ${operation.group}`);
    const key = keyOf(operation, input, context);
    const decision = decide(snapshot, group, operation.effect, key, context?.force);
    if (context) context.served = decision;
    if (decision.path === 'legacy') return this.observed(operation, decision, legacy, input);
    try {
      return await this.observed(operation, decision, domain, input);
    } catch (error) {
      if (!mayFallBack(operation, error)) throw error;
      this.log.warn(`${operation.id} failed on the domain path and is served by legacy`, { error });
      const fallback = group.outcomes.legacy.fallback;
      if (context) context.served = fallback;
      return this.observed(operation, fallback, legacy, input);
    }
  }

  private async observed(operation: RoutedOperation, decision: Decision, run: Call, input: object): Promise<unknown> {
    const from = performance.now();
    try {
      const answer = await run(input);
      this.observe(operation, decision, 'ok', from);
      return answer;
    } catch (error) {
      this.observe(operation, decision, isAnswer(error) ? 'reject' : 'failure', from);
      throw error;
    }
  }

  private observe({ id }: RoutedOperation, decision: Decision, outcome: Observation['outcome'], from: number): void {
    const { path, reason, revision } = decision;
    try {
      this.record({ operation: id, path, reason, outcome, ms: performance.now() - from, revision });
    } catch (error) {
      this.log.error('an observation could not be recorded', { operation: id, error });
    }
  }
}

/** An answer is final. A read may be asked again anywhere; a write only where the first try provably left nothing. */
export function mayFallBack({ effect, fallback }: RoutedOperation, error: unknown): boolean {
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

/** A caller without a name is drawn per call. */
function keyOf({ stickyBy }: RoutedOperation, input: object, context: CallContext | undefined): string {
  const named = stickyBy === 'caller' ? undefined : Object.entries(input).find(([name]) => name === stickyBy)?.[1];
  return typeof named === 'string' ? named : (context?.actor ?? context?.requestId ?? '');
}

function bound<P extends object>(port: P, method: string): Call {
  const call = (port as unknown as Port)[method];
  if (typeof call !== 'function') throw new Error(`the port has no operation ${method}`);
  return (input) => call.call(port, input as never);
}

export type { CompiledGroup };
