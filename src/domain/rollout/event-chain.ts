import { type Json, canonicalJson, toJson } from '../shared/json';
import { sha256 } from '../shared/sha256';
import type { RolloutEvent } from './rollout-state';

/** One stored event: with its number, and chained to the one before by its hash. */
export interface StoredEvent {
  /** From 1, without a gap, over all groups. */
  readonly seq: number;
  readonly group: string;
  readonly at: Date;
  readonly actor: string | null;
  readonly requestId: string | null;
  readonly revision: number;
  readonly event: RolloutEvent;
  readonly evidence: Json;
  readonly prevHash: string;
  readonly hash: string;
}

/** Where a chain ends. */
export type ChainEnd = Pick<StoredEvent, 'seq' | 'hash'>;

export const CHAIN_START: ChainEnd = { seq: 0, hash: '' };

/** SHA-256 of an event and, through `prevHash`, of everything before it. */
export const hashOf = ({ prevHash, at, event, ...rest }: Omit<StoredEvent, 'hash'>): string =>
  sha256(`${prevHash}\n${canonicalJson(toJson({ ...rest, at: at.toISOString(), event: toJson(event) }))}`);

/** The end of a chain after some more of its events; undefined when one was changed, removed or inserted. */
export function follow(end: ChainEnd, events: readonly StoredEvent[]): ChainEnd | undefined {
  let last = end;
  for (const { hash, ...event } of events) {
    if (event.prevHash !== last.hash || event.seq !== last.seq + 1 || hashOf(event) !== hash) return undefined;
    last = { seq: event.seq, hash };
  }
  return last;
}
