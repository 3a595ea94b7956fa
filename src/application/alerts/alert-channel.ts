import type { Channel } from '../../domain/alerts/alert-recipients';
import type { JsonObject } from '../../domain/shared/json';

/** What is told: the same in every attempt, whatever becomes of the alert meanwhile. */
export interface AlertNotice {
  readonly id: number;
  readonly rule_id: number | null;
  readonly camera_id: string;
  readonly alert_type: string;
  readonly timestamp: string;
  readonly message: string;
  readonly details: JsonObject;
}

/** One notice to one target, as it is sent. */
export interface OutgoingNotice {
  readonly channel: Channel;
  /** Empty: what is configured. */
  readonly target: string;
  /** The same in every attempt, so that a receiver can tell a repetition. */
  readonly idempotencyKey: string;
  readonly notice: AlertNotice;
}

/** A way to people. */
export interface AlertChannel {
  /** Answers what happened, in a few words without secrets. Throws `Undeliverable` where trying again is in vain. */
  send(notice: OutgoingNotice): Promise<string>;
}

/** It will never arrive this way: wrong address, refused for good, not configured. */
export class Undeliverable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Undeliverable';
  }
}
