import { canonicalJson, type Json } from '../shared/json';
import { sha256 } from '../shared/sha256';

/** Hash of an event and, through `prevHash`, of everything before it: no row can be changed or dropped unnoticed. */
export const eventHash = (prevHash: string, event: Json): string => sha256(`${prevHash}\n${canonicalJson(event)}`);
