import { isJsonObject, type Json, type JsonObject } from '../../domain/shared/json';

const INDENT = '  ';

/** A JSON schema as a type that people can read, its limits and meanings as comments. */
export function schemaText(schema: JsonObject, indent = ''): string {
  if (typeof schema.$ref === 'string') return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return choices.map((choice) => schemaText(choice as JsonObject, indent)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types: readonly Json[] = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
  return types.map((type) => typeText(String(type), schema, indent)).join(' | ');
}

function typeText(type: string, schema: JsonObject, indent: string): string {
  switch (type) {
    case 'array':
      return `[${isJsonObject(schema.items ?? null) ? schemaText(schema.items as JsonObject, indent) : ''}]`;
    case 'object':
      return objectText(schema, indent);
    case 'string':
      return schema.format === 'date-time' ? 'time' : 'string';
    default:
      return type;
  }
}

function objectText({ properties, required, additionalProperties: more }: JsonObject, indent: string): string {
  const inside = indent + INDENT;
  const needed = new Set(Array.isArray(required) ? required : []);
  const members = Object.entries(isJsonObject(properties ?? null) ? (properties as JsonObject) : {});
  const lines = members.map(([name, value]) => {
    const schema = value as JsonObject;
    const about = remarks(schema);
    return `${inside}${name}${needed.has(name) ? '' : '?'}: ${schemaText(schema, inside)}${about ? `  // ${about}` : ''}\n`;
  });
  if (isJsonObject(more ?? null)) lines.push(`${inside}[name]: ${schemaText(more as JsonObject, inside)}\n`);
  return lines.length > 0 ? `{\n${lines.join('')}${indent}}` : 'object';
}

/** A limit that no client will ever meet says nothing. */
const FAR = 2_000_000_000;

/** What a schema says of a value besides its type. */
export function remarks({
  minimum,
  maximum,
  minLength,
  maxLength,
  default: otherwise,
  description,
}: JsonObject): string {
  const near = (limit: Json | undefined) => (typeof limit === 'number' && limit < FAR ? limit : undefined);
  return [
    range(minimum, near(maximum), ''),
    range(minLength === 0 ? undefined : minLength, near(maxLength), ' characters'),
    otherwise === undefined ? '' : `${JSON.stringify(otherwise)} unless given`,
    typeof description === 'string' ? description : '',
  ]
    .filter((remark) => remark !== '')
    .join('; ');
}

function range(from: Json | undefined, to: number | undefined, unit: string): string {
  if (from !== undefined && to !== undefined) return `${Number(from)} to ${to}${unit}`;
  if (from !== undefined) return `at least ${Number(from)}${unit}`;
  return to === undefined ? '' : `at most ${to}${unit}`;
}
