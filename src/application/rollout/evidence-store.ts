import type { CallCounts } from '../../domain/rollout/evidence';
import type { RolloutState } from '../../domain/rollout/rollout-state';
import type { Json } from '../../domain/shared/json';

export type Arm = 'domain' | 'control';

/** Counts of one operation on one arm in one stage entry; from one upload, or summed over instances and minutes. */
export interface Sample extends CallCounts {
  readonly group: string;
  readonly entry: number;
  readonly operation: string;
  readonly arm: Arm;
  /** Calls the plan drew by chance, one by one; their share on each arm must be as planned. */
  readonly drawn: number;
  /** Calls per histogram bucket of their milliseconds. */
  readonly histogram: Readonly<Record<string, number>>;
}

/** What all instances counted of all operations of a group on one arm within a minute. */
export interface SampleMinute extends Pick<Sample, 'arm' | 'n' | 'failure' | 'fallback' | 'histogram'> {
  readonly at: Date;
}

export interface Comparison {
  readonly group: string;
  readonly entry: number;
  readonly operation: string;
  /** `noise`: differed at first, but not when both were called again. */
  readonly result: 'same' | 'noise' | 'mismatch';
}

export interface Mismatch {
  readonly group: string;
  readonly entry: number;
  readonly operation: string;
  readonly at: Date;
  readonly requestId: string | null;
  /** The path whose answer the caller got. */
  readonly served: string;
  /** Where the answers differ, as JSON pointers, each with both values, secrets masked. */
  readonly pointers: readonly { readonly pointer: string; readonly domain: Json; readonly legacy: Json }[];
  /** What was asked, secrets masked; null where it is too long. */
  readonly input: Json;
  /** Both answers as they were compared, secrets masked; each null where it is too long. */
  readonly answers: { readonly domain: Json; readonly legacy: Json };
}

export interface ComparisonCounts {
  readonly compared: number;
  readonly noise: number;
  readonly mismatched: number;
}

/** Results of comparing one operation in one stage entry. */
export interface ComparisonSum extends ComparisonCounts {
  readonly group: string;
  readonly entry: number;
  readonly operation: string;
}

/** The counts of one instance since its previous batch; no two of its rows have the same key. */
export interface EvidenceBatch {
  /** Increases with each batch of an instance, so that one that is sent twice counts once. */
  readonly number: number;
  readonly samples: readonly Sample[];
  readonly comparisons: readonly ComparisonSum[];
}

/** The evidence of all instances. */
export interface EvidenceStore {
  /** Adds a batch of this instance, all of it or nothing; one that was added before is left out. */
  add(batch: EvidenceBatch): Promise<void>;
  addMismatch(mismatch: Mismatch): Promise<void>;
  /** Sums of one stage entry. */
  samples(state: Pick<RolloutState, 'group' | 'entry'>): Promise<Sample[]>;
  /** The minutes from a moment on, oldest first; one in which nothing was counted is not among them. */
  minutes(group: string, since: Date): Promise<SampleMinute[]>;
  comparisons(state: Pick<RolloutState, 'group' | 'entry'>): Promise<ComparisonCounts>;
  /** Newest first. */
  mismatches(group: string, limit: number): Promise<Mismatch[]>;
}
