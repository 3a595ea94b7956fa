import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { Undeliverable } from '../../application/alerts/alert-channel';
import type { AddressPolicy } from './address-policy';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveBySystem: Resolve = (host) =>
  new Promise((resolve, reject) => {
    systemLookup(host, { all: true, verbatim: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });

const refused = (): Undeliverable =>
  new Undeliverable('the address is not one that webhooks may go to (see WEBHOOK_ALLOW)');

/**
 * How a connection finds its address: what was checked is what is connected to, so a name that means something else a
 * moment later changes nothing.
 */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  const find = callbackify(async (host: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const [first, ...more] = (await resolve(host)).filter(({ address }) => policy.permits(host, address));
    if (!first) throw refused();
    return [first, ...more];
  });
  return (host, { all }, done) =>
    find(host, (error: NodeJS.ErrnoException | null, found) => {
      if (error) done(error, '', 0);
      else if (all) done(null, found);
      else done(null, found[0].address, found[0].family);
    });
}

/** An address that is written as numbers is never looked up. Throws `Undeliverable` for one that is refused. */
export function checkLiteral(policy: AddressPolicy, { hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !policy.permits(address, address)) throw refused();
}
