import type { Fault } from '../shared/fault';
import type { Json } from '../shared/json';
import { type ValueRule, fault, oneOf } from '../shared/value-rules';

export const CHANNELS = ['websocket', 'webhook', 'email', 'mqtt', 'log'] as const;
export type Channel = (typeof CHANNELS)[number];

const MOST_RECIPIENTS = 100;
const LONGEST = 2_048;
const EMAIL = /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\/]{1,253}$/;

export const isWebAddress = (recipient: string): boolean => /^https?:\/\//i.test(recipient);

/** A web address without its path and query; anything else as it is. */
export function webOrigin(recipient: string): string {
  if (!isWebAddress(recipient) || !URL.canParse(recipient)) return recipient;
  const { origin, pathname, search } = new URL(recipient);
  return `${origin}${pathname === '/' && search === '' ? '/' : '/***'}`;
}

export const isEmail = (recipient: string): boolean => EMAIL.test(recipient);

function list(most: number, says: string, check: (item: Json) => Omit<Fault, 'path'> | undefined): ValueRule['check'] {
  return (value) => {
    if (!Array.isArray(value)) return fault('type', `must be a list of ${says}`);
    if (value.length > most) return fault('range', `must not have more than ${most} entries`);
    return value.flatMap((item: Json, i): Fault[] => {
      const found = value.indexOf(item) < i ? fault('duplicate', 'is there twice') : check(item);
      return found ? [{ path: [i], ...found }] : [];
    });
  };
}

const channel = oneOf(...CHANNELS);

export const channelsRule: ValueRule = {
  check: list(CHANNELS.length, `channels: ${CHANNELS.join(', ')}`, (item) => {
    const found = channel.check(item);
    return found && 'type' in found ? found : undefined;
  }),
  schema: { type: 'array', items: channel.schema, maxItems: CHANNELS.length },
};

export const recipientsRule: ValueRule = {
  check: list(MOST_RECIPIENTS, 'e-mail and http(s) addresses', (item) => {
    if (typeof item !== 'string' || item.length > LONGEST) return fault('type', 'must be an address');
    if (!isWebAddress(item))
      return isEmail(item) ? undefined : fault('pattern', 'must be an e-mail address or an http(s) address');
    if (!URL.canParse(item)) return fault('pattern', 'is no valid address');
    const { username, password } = new URL(item);
    return username || password
      ? fault('forbidden', 'must not carry a user or password: requests are signed')
      : undefined;
  }),
  schema: { type: 'array', items: { type: 'string' }, maxItems: MOST_RECIPIENTS },
};
