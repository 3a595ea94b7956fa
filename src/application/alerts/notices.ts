import { CHANNELS, isEmail, isWebAddress } from '../../domain/alerts/alert-recipients';
import type { WatchedRule } from '../../domain/alerts/watched-rule';
import type { Json } from '../../domain/shared/json';
import type { Notice } from './evaluation-store';

/** Every notice of an alert: one per address for the channels that have addresses, one for the others. */
export function noticesOf({ rule }: WatchedRule): Notice[] {
  const recipients = texts(rule.fields.recipients);
  const wanted = texts(rule.fields.notification_channels);
  return CHANNELS.filter((channel) => wanted.includes(channel)).flatMap((channel): Notice[] => {
    switch (channel) {
      case 'websocket':
      case 'log':
        return [{ channel, target: '' }];
      case 'webhook':
        return addressed(channel, recipients.filter(isWebAddress));
      case 'email':
        return addressed(channel, recipients.filter(isEmail));
    }
  });
}

/** Without an address there is still a notice: that nobody can be reached is to be seen, not to be lost. */
const addressed = (channel: Notice['channel'], targets: readonly string[]): Notice[] =>
  (targets.length > 0 ? targets : ['']).map((target) => ({ channel, target }));

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** How people are told of the site itself: on every dashboard, in the log, and by the webhook of the site if it has one. */
export const siteNotices = (webhook: boolean): Notice[] =>
  CHANNELS.filter((channel) => channel === 'websocket' || channel === 'log' || (webhook && channel === 'webhook')).map(
    (channel) => ({ channel, target: '' }),
  );
