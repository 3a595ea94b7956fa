import type { JsonObject } from '../../domain/shared/json';

/** Marks a schema with the name that it has in the OpenAPI document. A symbol: it is in no JSON text, and copies keep it. */
const NAME = Symbol('name of a schema');

/** A schema that stands by itself in the OpenAPI document; everything that uses it refers to it there. */
export const named = (name: string, schema: JsonObject): JsonObject => Object.assign({ ...schema }, { [NAME]: name });

export const nameOf = (schema: JsonObject & { readonly [NAME]?: string }): string | undefined => schema[NAME];

/** JSON Schemas of answers that are described as a whole, because no input is read by them. */
export const text: JsonObject = { type: 'string' };
export const number: JsonObject = { type: 'number' };
export const count: JsonObject = { type: 'integer', minimum: 0 };
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

/** An object that has these members and may have more. */
export const atLeast = (properties: JsonObject, ...optional: string[]): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: true,
});

/** An object of any names, and what each of them stands for. */
export const mapOf = (values: JsonObject): JsonObject => ({ type: 'object', additionalProperties: values });

/** An object whose members are whatever somebody else gave it. */
export const anyMembers = (description: string): JsonObject => ({ ...mapOf({}), description });

export const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });

/** What a detector said of an event: the members that mean something here, and any others. */
export const evidenceSchema = (): JsonObject =>
  named('Evidence', {
    type: 'object',
    description:
      'what the detector said, as it said it: confidence (0 to 1), region, bbox ([x1, y1, x2, y2] in pixels) and snapshot_path are understood here',
    additionalProperties: true,
  });

/** An event as it is answered; `ts` is in seconds since 1970. */
export const eventSchema = (): JsonObject =>
  named(
    'Event',
    all({
      id: text,
      ts: { type: 'number', description: 'seconds since 1970' },
      type: text,
      camera_id: text,
      track_id: wholeOrNull,
      evidence: orNull(evidenceSchema()),
    }),
  );
