import { call } from '../../api/client';
import type { Violation } from '../../api/generated';
import { Unreachable, isProblem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { Store } from '../../api/store';
import { type Kept, dropDecision, keepDecision, keptDecisions } from './kept-queue';

export type Status = Violation['status'];

/** One decision on its way: shown at once, stored when the service says so, taken back when it refuses. */
export interface Decision extends Kept {
  readonly state: 'waiting' | 'stored' | 'refused';
  /** The version that the service gave it. */
  readonly stored?: number;
}

/** Why a decision came back. */
interface Refusal {
  readonly id: number;
  readonly theirs?: Violation;
  readonly why: string;
}

export const decisions = new Store<readonly Decision[]>([]);
/** Called for every decision that the service did not take. */
export const refusals = { report: (_refusal: Refusal): void => undefined };

const MOST_KEPT = 2_000;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
let isSending = false;
let lastKey = 0;

const nextKey = () => (lastKey = Math.max(lastKey + 1, Date.now() * 1_000));
const replace = (key: number, change: Partial<Decision>) =>
  decisions.set(decisions.get().map((each) => (each.key === key ? { ...each, ...change } : each)));

/** The newest decision about each violation, of those that count. */
export function decidedStatus(all: readonly Decision[]): ReadonlyMap<number, Status> {
  const found = new Map<number, Status>();
  for (const { id, status, state } of all) {
    if (state === 'refused') found.delete(id);
    else found.set(id, status);
  }
  return found;
}

/** The version that the service will have by then: each stored decision raises it. */
function versionOf(violation: Pick<Violation, 'id' | 'version'>): number {
  const own = decisions.get().filter(({ id, state }) => id === violation.id && state !== 'refused');
  const last = own.at(-1);
  return Math.max(violation.version, last ? (last.stored ?? last.version + 1) : 0);
}

export function decide(violations: readonly Violation[], status: Status, notes?: string): void {
  const fresh = violations.map(
    (violation): Decision => ({
      key: nextKey(),
      id: violation.id,
      version: versionOf(violation),
      status,
      before: violation.status,
      at: Date.now(),
      state: 'waiting',
      ...(notes === undefined ? {} : { notes }),
    }),
  );
  decisions.set([...decisions.get(), ...fresh].slice(-MOST_KEPT));
  for (const { state: _, ...kept } of fresh) void keepDecision(kept);
  void sendAll();
}

/** Takes back the last decision: a change of its own, which the audit trail shows. */
export function undo(): Decision | undefined {
  const all = decisions.get();
  const undone = new Set<number>();
  for (let i = all.length - 1; i >= 0; i -= 1) {
    const last = all[i];
    if (!last || last.state === 'refused') continue;
    // An undo has taken back the one before it.
    if (last.status === 'pending') undone.add(last.id);
    else if (undone.has(last.id)) undone.delete(last.id);
    else {
      decide([{ id: last.id, version: last.version, status: last.status } as Violation], last.before);
      return last;
    }
  }
  return undefined;
}

/** One after the other, in the order in which they were made, until none waits. */
async function sendAll(): Promise<void> {
  if (isSending) return;
  isSending = true;
  let wait = RETRY_MS;
  try {
    for (;;) {
      const next = decisions.get().find(({ state }) => state === 'waiting');
      if (!next) break;
      if (await sendOne(next)) wait = RETRY_MS;
      else {
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(LONGEST_RETRY_MS, wait * 2);
      }
    }
  } finally {
    isSending = false;
  }
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('records') });
}

/** Whether it need not be sent again: stored, or refused for good. */
async function sendOne(decision: Decision): Promise<boolean> {
  const { key, id, status, notes, version } = decision;
  try {
    const answer = await call('records.setStatus', {
      violation_id: id,
      status,
      body: { status, version, ...(notes === undefined ? {} : { notes }) },
    });
    await stored(decision, answer.version);
    return true;
  } catch (error) {
    if (isProblem(error, 409)) return conflict(decision);
    const mayPass =
      error instanceof Unreachable ||
      (isProblem(error) && (error.status >= 500 || [401, 408, 429].includes(error.status)));
    if (mayPass) return false;
    replace(key, { state: 'refused' });
    await dropDecision(key);
    refusals.report({ id, why: error instanceof Error ? error.message : String(error) });
    return true;
  }
}

async function stored({ key }: Decision, version: number): Promise<void> {
  replace(key, { state: 'stored', stored: version });
  await dropDecision(key);
}

/** Somebody was first, or this very decision was stored and only its answer was lost with the connection. */
async function conflict(decision: Decision): Promise<boolean> {
  let theirs: Violation;
  try {
    theirs = await call('records.violation', { violation_id: decision.id });
  } catch (error) {
    // Not answered: the decision stays where it is and is sent again.
    if (error instanceof Unreachable) return false;
    throw error;
  }
  if (theirs.status === decision.status && theirs.version === decision.version + 1) {
    await stored(decision, theirs.version);
    return true;
  }
  replace(decision.key, { state: 'refused' });
  await dropDecision(decision.key);
  refusals.report({ id: decision.id, theirs, why: '' });
  return true;
}

/** What an earlier visit left behind is sent first. */
export async function resumeDecisions(): Promise<void> {
  const known = new Set(decisions.get().map(({ key }) => key));
  const kept = (await keptDecisions())
    .filter(({ key }) => !known.has(key))
    .map((each): Decision => ({ ...each, state: 'waiting' }));
  if (kept.length === 0) return;
  decisions.set([...kept, ...decisions.get()].sort((a, b) => a.key - b.key));
  void sendAll();
}
