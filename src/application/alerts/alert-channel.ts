import { CHANNELS, type Channel, isEmail, isWebAddress } from '../../domain/alerts/alert-recipients';
import type { WatchedRule } from '../../domain/alerts/watched-rule';
import type { JsonObject } from '../../domain/shared/json';
import type { Log } from '../shared/log';

/** Where a notice goes; an empty target is whatever is configured for the channel. */
export interface DeliveryTarget {
  readonly channel: Channel;
  readonly target: string;
}

/** The content of an alert: the same in every attempt, whatever becomes of the alert meanwhile. */
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
  /** The same in every attempt, so that a receiver can recognise a repetition. */
  readonly idempotencyKey: string;
  readonly notice: AlertNotice;
}

/** One way to deliver alerts. */
export interface AlertChannel {
  /** Answers the result in a few words without secrets. Throws `Undeliverable` where a retry is useless. */
  send(notice: OutgoingNotice): Promise<string>;
}

/** It can never arrive this way: wrong address, refused for good, not configured. */
export class Undeliverable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Undeliverable';
  }
}

/** All delivery targets of a rule: one per address for channels with addresses, one for each other channel. */
export function deliveryTargetsOf({ rule }: WatchedRule): DeliveryTarget[] {
  const { channels, recipients } = rule;
  return CHANNELS.filter((channel) => channels.includes(channel)).flatMap((channel): DeliveryTarget[] => {
    switch (channel) {
      case 'websocket':
      case 'mqtt':
      case 'log':
        return [{ channel, target: '' }];
      case 'webhook':
        return addressed(channel, recipients.filter(isWebAddress));
      case 'email':
        return addressed(channel, recipients.filter(isEmail));
    }
  });
}

/** Without an address there is still a notice: that it has no receiver is to be seen, not lost. */
const addressed = (channel: DeliveryTarget['channel'], targets: readonly string[]): DeliveryTarget[] =>
  (targets.length > 0 ? targets : ['']).map((target) => ({ channel, target }));

/** Targets of site notices: every dashboard, the log, and the webhook of the site if there is one. */
export const siteDeliveryTargets = (webhook: boolean): DeliveryTarget[] =>
  CHANNELS.filter((channel) => channel === 'websocket' || channel === 'log' || (webhook && channel === 'webhook')).map(
    (channel) => ({ channel, target: '' }),
  );

/** Writes alerts to the log of the service. */
export class LogChannel implements AlertChannel {
  constructor(private readonly log: Log) {}

  async send({ notice: { id, message, camera_id, alert_type, timestamp } }: OutgoingNotice): Promise<string> {
    this.log.warn(`alert: ${message}`, { alert: id, camera: camera_id, type: alert_type, at: timestamp });
    return 'written';
  }
}
