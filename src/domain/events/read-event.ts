import type { Event } from '../shared/event';
import { type Json, type JsonObject, canonicalJson, isBounded, isJsonObject } from '../shared/json';
import { sha256 } from '../shared/sha256';
import { utcTime } from '../shared/time';
import type { AcceptedTimes } from './time-window';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Identity {
  readonly id: string;
  readonly externalId: string | null;
}

/** The id of an event that was sent with one: the id itself if it is a UUID, else one derived from it. */
const identityOf = (sent: string): Identity =>
  UUID.test(sent) ? { id: sent, externalId: null } : { id: uuidOf(`id\n${sent}`), externalId: sent };

/** The id of an event that was sent without one: equal content is the same event. */
const identityOfContent = (content: Json): Identity => ({
  id: uuidOf(`content\n${canonicalJson(content)}`),
  externalId: null,
});

/** A UUID of version 8 (RFC 9562, 5.8) from the SHA-256 of a text. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const MOST_EVIDENCE = 16_384;
const NAME = 100;
const ID = 200;
/** Names are shown on terminals, which would execute control characters. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** What no text in the database may hold: U+0000, and halves of surrogate pairs, as `JSON.stringify` writes them. */
const NOT_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Why a line or item is rejected, in words for its sender. */
export class InvalidEvent {
  constructor(readonly why: string) {}
}

/**
 * Reads an event: `ts` (seconds since 1970, or ISO 8601), `type`, `camera_id`, and optionally `id`, `track_id`,
 * `evidence`. Written by hand because it runs once per event; it throws nothing, because bad events are a normal case.
 */
export function readEvent(value: unknown, times: AcceptedTimes): Event | InvalidEvent {
  if (!isJsonObject(value)) return new InvalidEvent('is not a JSON object');
  const { type, camera_id: cameraId, track_id: trackId = null, evidence = null, id } = value;
  const ts = secondsOf(value.ts);
  if (ts instanceof InvalidEvent) return ts;
  if (ts * 1000 < times.from) return new InvalidEvent('ts is older than what is kept');
  if (ts * 1000 > times.to) return new InvalidEvent('ts lies in the future');
  if (!isName(type)) return new InvalidEvent(`type must be a text of 1 to ${NAME} characters`);
  if (!isName(cameraId)) return new InvalidEvent(`camera_id must be a text of 1 to ${NAME} characters`);
  if (trackId !== null && !Number.isSafeInteger(trackId)) return new InvalidEvent('track_id must be a whole number');
  if (evidence !== null && !isJsonObject(evidence)) return new InvalidEvent('evidence must be an object');
  if (evidence !== null && !isEvidence(evidence)) return new InvalidEvent('evidence is too large, too deep or no text');
  if (CONTROL.test(type) || CONTROL.test(cameraId))
    return new InvalidEvent('type and camera_id must not hold control characters');
  const track = trackId as number | null;
  const identity = identityFrom(id, { ts, type, cameraId, trackId: track, evidence });
  if (identity instanceof InvalidEvent) return identity;
  // Not a spread, which costs more than all the rest of this function.
  return { id: identity.id, externalId: identity.externalId, ts, type, cameraId, trackId: track, evidence };
}

function identityFrom(id: Json | undefined, content: JsonObject): Identity | InvalidEvent {
  if (id === undefined || id === null) return identityOfContent(content);
  const sent = typeof id === 'number' ? String(id) : id;
  if (!isText(sent, ID)) return new InvalidEvent(`id must be a text of 1 to ${ID} characters`);
  return CONTROL.test(sent) ? new InvalidEvent('id must not hold control characters') : identityOf(sent);
}

/** Seconds to the microsecond, which is what the database keeps. */
function secondsOf(ts: Json | undefined): number | InvalidEvent {
  if (typeof ts === 'number' && Number.isFinite(ts)) return Math.round(ts * 1e6) / 1e6;
  const ms = typeof ts === 'string' ? utcTime(ts) : Number.NaN;
  return Number.isNaN(ms) ? new InvalidEvent('ts must be seconds since 1970 or an ISO time') : ms / 1000;
}

const isName = (value: Json | undefined): value is string => isText(value, NAME);

const isText = (value: Json | undefined, most: number): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= most &&
  value.isWellFormed() &&
  !value.includes('\u0000');

function isEvidence(evidence: JsonObject): boolean {
  if (!isBounded(evidence)) return false;
  const text = JSON.stringify(evidence);
  return text.length <= MOST_EVIDENCE && !NOT_TEXT.test(text);
}
