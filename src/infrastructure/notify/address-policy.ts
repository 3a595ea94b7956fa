import ipaddr from 'ipaddr.js';
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, type LookupFunction, isIP } from 'node:net';
import { callbackify } from 'node:util';
import { Undeliverable } from '../../application/alerts/alert-channel';

/** `::127.0.0.1`, the oldest way to write IPv4 as IPv6: to the library an address of the Internet like any other. */
const IPV4_COMPATIBLE = ipaddr.parseCIDR('::/80');

/** Whether it is an address of the Internet: nothing of this machine or its neighbours, and nothing that leads there by translation. */
function isPublic(address: string): boolean {
  // The library alone would also take `0x7f.1` for an address; Node never connects to one that is written like that.
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv6' && parsed.match(IPV4_COMPATIBLE)) return false;
  return parsed.range() === 'unicast';
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** To which addresses webhooks may go: to those of the Internet, and to what the site allows by name, address or network. */
export class AddressPolicy {
  private readonly allowed = new BlockList();
  private readonly names = new Set<string>();

  constructor(allow: readonly string[]) {
    for (const entry of allow) {
      const [address = '', bits] = entry.split('/');
      if (isIP(address) === 0) this.names.add(entry.toLowerCase());
      else if (bits === undefined) this.allowed.addAddress(address, familyOf(address));
      else this.allowed.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  /** `host` is the name that led to the address, or the address itself. */
  permits(host: string, address: string): boolean {
    if (this.names.has(host.toLowerCase()) || this.allowed.check(address, familyOf(address))) return true;
    return isPublic(address);
  }
}

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
