import { AsyncLocalStorage } from 'node:async_hooks';
import type { Decision } from '../../domain/rollout/decision';
import type { Caller, Credentials } from './gate';

/** What is known about the call in progress; one object per request, never shared. */
export interface CallContext {
  readonly requestId: string;
  /** The caller: the name of a token; absent without one. */
  readonly actor?: string;
  /** Who called, and from where; absent for what the service does by itself. */
  readonly client?: Client;
  /** `force_domain` of the request. */
  readonly force?: boolean;
  /** Whether the domain path is to fail for this call, to test the fallback; such calls are never judged. */
  readonly drill?: boolean;
  /**
   * The key that the caller chose in place of its name, to see which path it takes; no random sample, so never judged.
   */
  readonly probe?: string;
  /** Runs a task once the answer has been sent. */
  readonly afterAnswer?: (task: () => void) => void;
  /** How the call was served; written by the operation router. */
  served?: Decision;
  /** Where the call's change is recorded with its before and after; written by whatever records it. */
  changed?: Readonly<Record<string, unknown>>;
  /** Whether the answer leaves out what its source no longer holds; then it proves nothing about the other path. */
  partial?: boolean;
  /** What the browser's session becomes; written by signing in and out. */
  session?: BrowserSession | 'over';
}

/** What a browser keeps as its cookie, and for how many seconds. */
export interface BrowserSession {
  readonly text: string;
  readonly seconds: number;
}

/** Where a call came from. */
export interface Client extends Pick<Credentials, 'address' | 'host' | 'origin' | 'session'> {
  /** Absent where no caller was needed. */
  readonly caller?: Caller;
}

const storage = new AsyncLocalStorage<CallContext>();

export const runInCall = <T>(context: CallContext, work: () => T): T => storage.run(context, work);

/** For work that some call happens to start and that is not its own. */
export const outsideCalls = <T>(work: () => T): T => storage.exit(work);

export const currentCall = (): CallContext | undefined => storage.getStore();

/** Notes on the present call where its change is recorded, such as `{ revision: 12 }`. */
export function noteChange(reference: Readonly<Record<string, unknown>>): void {
  const call = storage.getStore();
  if (call) call.changed = { ...call.changed, ...reference };
}

/** Notes what the session of the caller's browser becomes. */
export function noteSession(session: BrowserSession | 'over'): void {
  const call = storage.getStore();
  if (call) call.session = session;
}

/** Notes that the answer of the call is incomplete, because its source does not reach back far enough. */
export function answerIsPartial(): void {
  const call = currentCall();
  if (call) call.partial = true;
}
