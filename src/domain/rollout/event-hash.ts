import type { Json } from '../shared/json';
import { sha256 } from '../shared/sha256';

/** JSON with sorted keys: the same value gives the same text wherever it has been stored meanwhile. */
export function canonicalJson(value: Json | undefined): string {
  if (value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, v]) => v !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

/** Hash of an event and, through `prevHash`, of everything before it: no row can be changed or dropped unnoticed. */
export const eventHash = (prevHash: string, event: Json): string => sha256(`${prevHash}\n${canonicalJson(event)}`);
