import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { within } from '../../application/shared/within';
import { errorText } from '../system/error-code';
import type { NetworkSource } from './network-source';
import { SourceFailure } from './source-failure';

export type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const PATIENCE_MS = 5_000;

const systemLookup: Lookup = (host) => lookup(host, { all: true });

/**
 * The source with the name of its host replaced by an address.
 * @throws SourceFailure when nobody knows the name
 */
export async function resolveHost(source: NetworkSource, find: Lookup = systemLookup): Promise<NetworkSource> {
  if (isIP(source.host.replaceAll(/[[\]]/g, ''))) return source;
  const unknown = (why: string, cause?: unknown) =>
    new SourceFailure('unresolvable', `the host ${source.host} is unknown: ${why}`, { cause });
  try {
    const found = await within(PATIENCE_MS, find(source.host), () => {
      throw unknown(`no answer within ${PATIENCE_MS / 1_000} s`);
    });
    const address = found.find(({ family }) => family === 4) ?? found[0];
    if (!address) throw unknown('it has no address');
    const host = address.family === 6 ? `[${address.address}]` : address.address;
    return { ...source, host, nameOfHost: source.host };
  } catch (error) {
    throw error instanceof SourceFailure ? error : unknown(errorText(error), error);
  }
}
