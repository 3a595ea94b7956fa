import { canonicalJson, type Json } from '../shared/json';
import { sha256 } from '../shared/sha256';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface Identity {
  readonly id: string;
  readonly externalId: string | null;
}

/** The identity of an event that was sent with an id: the id itself if it is a UUID, else one made from it. */
export const identityOf = (sent: string): Identity =>
  UUID.test(sent) ? { id: sent, externalId: null } : { id: uuidOf(`id\n${sent}`), externalId: sent };

/** The identity of an event that was sent without one: the same content is the same event. */
export const identityOfContent = (content: Json): Identity => ({
  id: uuidOf(`content\n${canonicalJson(content)}`),
  externalId: null,
});

/** A UUID of version 8 (RFC 9562, 5.8) from the SHA-256 of a text. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
