import { call } from '../../api/client';
import type { ItemOutcome, Violation } from '../../api/generated';
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

const MOST_AT_ONCE = 50;

/** The next ones in the order in which they were made; of one violation only the first, whose version the second needs. */
function nextBatch(): readonly Decision[] {
  const batch = new Map<number, Decision>();
  for (const each of decisions.get()) {
    if (each.state !== 'waiting' || batch.has(each.id)) continue;
    batch.set(each.id, each);
    if (batch.size === MOST_AT_ONCE) break;
  }
  return [...batch.values()];
}

/** Sends what waits until nothing does. */
async function sendAll(): Promise<void> {
  if (isSending) return;
  isSending = true;
  let wait = RETRY_MS;
  try {
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      if (await sendBatch(batch)) wait = RETRY_MS;
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

const mayPass = (error: unknown): boolean =>
  error instanceof Unreachable || (isProblem(error) && (error.status >= 500 || [401, 408, 429].includes(error.status)));

/** Whether these need not be sent again: each is stored, or refused for good. */
async function sendBatch(batch: readonly Decision[]): Promise<boolean> {
  const items = batch.map(({ id, version, status, notes }) => ({
    id,
    version,
    status,
    ...(notes === undefined ? {} : { notes }),
  }));
  let results: readonly ItemOutcome[];
  try {
    ({ results } = await call('records.setItems', { body: { items } }));
  } catch (error) {
    if (mayPass(error)) return false;
    const why = error instanceof Error ? error.message : String(error);
    for (const decision of batch) await refused(decision, { id: decision.id, why });
    return true;
  }
  for (const decision of batch)
    await outcomeOf(
      decision,
      results.find(({ id }) => id === decision.id),
    );
  return true;
}

async function outcomeOf(decision: Decision, outcome: ItemOutcome | undefined): Promise<void> {
  const { id, status, version, key } = decision;
  const theirs = outcome?.violation ?? undefined;
  // Stored now, or before: then only the answer was lost with the connection.
  const isOurs = theirs?.status === status && theirs.version === version + 1;
  if (theirs && (outcome?.ok === true || isOurs)) {
    replace(key, { state: 'stored', stored: theirs.version });
    await dropDecision(key);
    return;
  }
  await refused(decision, { id, why: outcome?.detail ?? '', ...(theirs ? { theirs } : {}) });
}

async function refused({ key }: Decision, refusal: Refusal): Promise<void> {
  replace(key, { state: 'refused' });
  await dropDecision(key);
  refusals.report(refusal);
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
