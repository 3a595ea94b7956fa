import type { JsonObject } from '../../domain/shared/json';

/** JSON Schemas of answers that are described as a whole, because no input is read by them. */
export const text: JsonObject = { type: 'string' };
export const number: JsonObject = { type: 'number' };
export const count: JsonObject = { type: 'integer', minimum: 0 };
export const object: JsonObject = { type: 'object' };
export const textOrNull: JsonObject = { type: ['string', 'null'] };
export const numberOrNull: JsonObject = { type: ['number', 'null'] };
export const wholeOrNull: JsonObject = { type: ['integer', 'null'] };

export const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });

/** An object that has all of these members and no others. */
export const all = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** An event as it is answered; `ts` is in seconds since 1970. */
export const eventSchema = (): JsonObject =>
  all({
    id: text,
    ts: number,
    type: text,
    camera_id: text,
    track_id: wholeOrNull,
    evidence: { type: ['object', 'null'] },
  });
