import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  type ValidationArguments,
  isISO8601,
  registerDecorator,
} from 'class-validator';
import type { Json, JsonObject } from '../../domain/shared/json';
import { utcTime } from '../../domain/shared/time';
import { nameOf, named, orNull } from './schemas';

/** A number that is a multiple of `step`, which is a negative power of ten. */
const InSteps =
  (step: number): PropertyDecorator =>
  (prototype, name) => {
    const decimals = Math.round(-Math.log10(step));
    registerDecorator({
      name: 'inSteps',
      target: prototype.constructor,
      propertyName: String(name),
      options: { message: `must be a number in steps of ${step}` },
      // Not by the text of the number: 1e-320 has no decimal point.
      validator: {
        validate: (value: unknown) => typeof value !== 'number' || Number(value.toFixed(decimals)) === value,
      },
    });
  };

/** An ISO 8601 date or time in one of the forms that this service can read. */
const IsTime: PropertyDecorator = (prototype, name) => {
  const validate = (value: unknown) => typeof value === 'string' && isISO8601(value) && !Number.isNaN(utcTime(value));
  registerDecorator({
    name: 'isIso8601',
    target: prototype.constructor,
    propertyName: String(name),
    options: { message: 'must be a valid ISO 8601 date string' },
    validator: { validate },
  });
};

/** A time that must not lie before another one of the same input, where both are given. */
export const NotBefore =
  (other: string): PropertyDecorator =>
  (prototype, name) => {
    registerDecorator({
      name: 'notBefore',
      target: prototype.constructor,
      propertyName: String(name),
      options: { message: `must not be before ${other}` },
      validator: {
        validate(value: unknown, args?: ValidationArguments): boolean {
          const start: unknown = args && Object.getOwnPropertyDescriptor(args.object, other)?.value;
          // NaN, for an invalid time, is before nothing: another validator reports it.
          return typeof value !== 'string' || typeof start !== 'string' || !(utcTime(value) < utcTime(start));
        },
      },
    });
  };

/** A class with any constructor: inputs are made without arguments, and outputs are not made here. */
export type Class<T> = new (...args: never[]) => T;

export interface Field {
  readonly schema: () => JsonObject;
  readonly required: boolean;
  /** Whether null is a value of its own; in an optional field that is not nullable it counts as absent. */
  readonly nullable: boolean;
  /**
   * Text of a path or query parameter → value; a text that is no such value is returned unchanged, for validation to
   * refuse.
   */
  readonly parse: (text: string) => unknown;
}

/** The decorators of a DTO as data: its fields, and whether it may have others. */
interface Shape {
  readonly fields: Map<string, Field>;
  open: boolean;
  schema?: () => JsonObject;
}

const shapes = new WeakMap<object, Shape>();

export function shapeOf(dto: Class<unknown>): Shape {
  const known = shapes.get(dto.prototype);
  if (known) return known;
  const parent = Object.getPrototypeOf(dto.prototype);
  const inherited = parent === Object.prototype ? undefined : shapes.get(parent);
  const shape: Shape = { fields: new Map(inherited?.fields), open: inherited?.open ?? false };
  shapes.set(dto.prototype, shape);
  return shape;
}

interface Options {
  /** Given for documentation; the value itself is the property's initialiser. */
  readonly default?: Json;
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly about?: string;
}

type Parse = (text: string) => unknown;

function field(
  schema: () => JsonObject,
  parse: Parse,
  options: Options,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const optional = options.optional === true || options.default !== undefined;
  return (prototype, name) => {
    const full = () => ({
      ...used(schema(), options.nullable === true),
      ...(options.default === undefined ? {} : { default: options.default }),
      ...(options.about ? { description: options.about } : {}),
    });
    shapeOf(prototype.constructor as Class<unknown>).fields.set(String(name), {
      schema: full,
      required: !optional,
      nullable: options.nullable === true,
      parse,
    });
    for (const check of [optional ? IsOptional() : IsDefined(), ...checks]) check(prototype, name);
  };
}

/** A schema as a member; a named one stays unchanged, so that it is the same everywhere. */
function used(schema: JsonObject, nullable: boolean): JsonObject {
  if (nameOf(schema) !== undefined) return nullable ? orNull(schema) : { allOf: [schema] };
  const { type, ...rest } = schema;
  if (type === undefined) return nullable ? orNull(rest) : rest;
  return { type: nullable ? [type, 'null'] : type, ...rest };
}

/** The bound of a number or a text without another one: what JSON can carry without loss. */
export const MANY = Number.MAX_SAFE_INTEGER;

const asText: Parse = (text) => text;
const BOOLEANS = new Map([
  ...['true', '1', 'yes', 'on', 't', 'y'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', 'f', 'n'].map((word) => [word, false] as const),
]);

/** The words for yes and no that the old backend understood, in any case. */
export const parseFlag: Parse = (text) => BOOLEANS.get(text.toLowerCase()) ?? text;

/** Decimal, with the liberties the old backend took: spaces around, `+`, leading zeros, `5.0`; not `1e2`. */
const parseWhole: Parse = (text) => (/^\s*[+-]?\d+(\.0*)?\s*$/.test(text) ? Number(text) : text);

export const Flag = (options: Options = {}) => field(() => ({ type: 'boolean' }), parseFlag, options, IsBoolean());

export const Whole = ({ min, max, ...options }: Options & { min: number; max: number }) =>
  field(() => ({ type: 'integer', minimum: min, maximum: max }), parseWhole, options, IsInt(), Min(min), Max(max));

/** `step` is the smallest difference that counts, e.g. 0.01. */
export const Decimal = ({ min, max, step, ...options }: Options & { min: number; max: number; step?: number }) =>
  field(
    () => ({ type: 'number', minimum: min, maximum: max, ...(step ? { multipleOf: step } : {}) }),
    (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)),
    options,
    IsNumber(),
    ...(step ? [InSteps(step)] : []),
    Min(min),
    Max(max),
  );

const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f]*$/;
const ONE_LINE_SAYS = { message: 'must be one line without control characters' };

/** `line`: the text is shown on terminals, which would execute control characters. */
export const Text = ({
  min = 0,
  max = 10_000,
  line = false,
  ...options
}: Options & { min?: number; max?: number; line?: boolean } = {}) =>
  field(
    () => ({ type: 'string', minLength: min, maxLength: max }),
    asText,
    options,
    IsString(),
    MinLength(min),
    MaxLength(max),
    ...(line ? [Matches(ONE_LINE, ONE_LINE_SAYS)] : []),
  );

export const OneOf = (values: readonly string[], options: Options = {}) =>
  field(() => ({ type: 'string', enum: values }), asText, options, IsIn(values));

export const Time = (options: Options = {}) =>
  field(() => ({ type: 'string', format: 'date-time' }), asText, options, IsTime);

export const ListOf = (
  item: () => Class<unknown> | JsonObject,
  { most, ...options }: Options & { most?: number } = {},
) =>
  field(
    () => ({ type: 'array', items: itemSchema(item()), ...(most ? { maxItems: most } : {}) }),
    asText,
    options,
    IsArray(),
    ...(most ? [ArrayMaxSize(most)] : []),
  );

/** Whole numbers; the smallest and largest of them, and how many there may be. */
export const ListOfWhole = (range: { min: number; max: number; most: number }) => {
  const { min, max, most } = range;
  const each = { each: true };
  const items = { type: 'integer', minimum: min, maximum: max };
  const checks = [IsArray(), ArrayMaxSize(most), IsInt(each), Min(min, each), Max(max, each)];
  return field(() => ({ type: 'array', items, maxItems: most }), asText, {}, ...checks);
};

export const ListOfText = ({ max, most, ...options }: Options & { max: number; most: number }) => {
  const each = { each: true };
  const checks = [IsArray(), ArrayMaxSize(most), IsString(each), MaxLength(max, each)];
  const items = { type: 'string', maxLength: max };
  return field(() => ({ type: 'array', items, maxItems: most }), asText, options, ...checks);
};

/** A nested object, or any value described by a schema of its own. */
export const Part = (item: () => Class<unknown> | JsonObject, options: Options = {}) =>
  field(() => itemSchema(item()), asText, options);

const itemSchema = (item: Class<unknown> | JsonObject): JsonObject =>
  typeof item === 'function' ? schemaOf(item) : item;

/** Lets a DTO carry fields that it does not name; the operation decides about them. */
export const Open: ClassDecorator = (dto) => {
  shapeOf(dto as unknown as Class<unknown>).open = true;
};

/** Gives a DTO's schema where the rules live elsewhere. */
export const Described =
  (schema: () => JsonObject): ClassDecorator =>
  (dto) => {
    shapeOf(dto as unknown as Class<unknown>).schema = schema;
  };

/** The name of a DTO in the OpenAPI document. */
export const schemaName = (dto: Class<unknown>): string => dto.name.replace(/Dto$/, '');

/** JSON Schema (2020-12) of a DTO, under its name. */
export const schemaOf = (dto: Class<unknown>): JsonObject => named(schemaName(dto), membersOf(dto));

function membersOf(dto: Class<unknown>): JsonObject {
  const { fields, open, schema } = shapeOf(dto);
  if (schema) return schema();
  const entries = [...fields];
  const required = entries.filter(([, f]) => f.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, f]) => [name, f.schema()])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: open,
  };
}

/** The input of an operation that takes none. */
export class NoInputDto {}
