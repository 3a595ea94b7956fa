import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, type LookupFunction, isIP } from 'node:net';
import { callbackify } from 'node:util';
import { Undeliverable } from '../../application/alerts/alert-channel';

/** Networks nobody outside can mean: this machine, its neighbours, and what only looks like an address of the Internet. */
const REFUSED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** The first holds `::`, `::1`, IPv4-mapped and IPv4-compatible addresses; others lead to IPv4 by translation. */
const REFUSED_V6 = [
  ['::', 80],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** To which addresses webhooks may go: to those of the Internet, and to what the site allows by name, address or network. */
export class AddressPolicy {
  /** One for each family: in a common list a rule about IPv4-mapped addresses would mean all of IPv4. */
  private readonly refused = { ipv4: new BlockList(), ipv6: new BlockList() };
  private readonly allowed = new BlockList();
  private readonly names = new Set<string>();

  constructor(allow: readonly string[]) {
    for (const [network, bits] of REFUSED_V4) this.refused.ipv4.addSubnet(network, bits, 'ipv4');
    for (const [network, bits] of REFUSED_V6) this.refused.ipv6.addSubnet(network, bits, 'ipv6');
    for (const entry of allow) {
      const [address = '', bits] = entry.split('/');
      if (isIP(address) === 0) this.names.add(entry.toLowerCase());
      else if (bits === undefined) this.allowed.addAddress(address, familyOf(address));
      else this.allowed.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  /** `host` is the name that led to the address, or the address itself. */
  permits(host: string, address: string): boolean {
    const family = familyOf(address);
    if (this.names.has(host.toLowerCase()) || this.allowed.check(address, family)) return true;
    return isIP(address) !== 0 && !this.refused[family].check(address, family);
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
