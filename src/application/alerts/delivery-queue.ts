import type { OutgoingNotice } from './alert-channel';

/** A delivery that this process has, until its lease ends. */
export interface Claim extends OutgoingNotice {
  readonly id: number;
  readonly lease: string;
  /** This one included. */
  readonly attempts: number;
}

export interface Attempt {
  readonly at: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number;
}

/** What became of a delivery: done, to be tried again after some milliseconds, or given up. */
export type Settlement =
  | { readonly status: 'delivered' | 'dead' }
  | { readonly status: 'queued'; readonly waitMs: number };

/** What has enough under way already, and is to be left for later. */
export interface Busy {
  /** Host and port of web addresses, in lower case. */
  readonly hosts: readonly string[];
  readonly rules: readonly number[];
}

/** The outbox. A claim that is not settled in time, because its process died, is given to somebody else. */
export interface DeliveryQueue {
  claim(limit: number, busy: Busy): Promise<Claim[]>;
  settle(claim: Claim, attempt: Attempt, settlement: Settlement): Promise<void>;
}
