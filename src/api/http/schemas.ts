import type { JsonObject } from '../../domain/shared/json';

/** Marks a schema with its name in the OpenAPI document. A symbol: it is in no JSON text, and copies keep it. */
const NAME = Symbol('name of a schema');

/** A schema with an entry of its own in the OpenAPI document, to which all its users refer. */
export const named = (name: string, schema: JsonObject): JsonObject => Object.assign({ ...schema }, { [NAME]: name });

export const nameOf = (schema: JsonObject & { readonly [NAME]?: string }): string | undefined => schema[NAME];

/** JSON Schemas of answers that are described as a whole, because they are never used for inputs. */
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

/** An object with arbitrary names, and the meaning of their values. */
export const mapOf = (values: JsonObject): JsonObject => ({ type: 'object', additionalProperties: values });

/** An object whose members come unchanged from its sender. */
export const anyMembers = (description: string): JsonObject => ({ ...mapOf({}), description });

export const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });

/** A detector's evidence for an event: the members with a meaning here, and any others. */
export const evidenceSchema = (): JsonObject =>
  named('Evidence', {
    type: 'object',
    description:
      'what the detector said, as it said it: confidence (0 to 1), region, bbox ([x1, y1, x2, y2] in pixels) and snapshot_path are understood here',
    additionalProperties: true,
  });

/** An event in an answer; `ts` is in seconds since 1970. */
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
