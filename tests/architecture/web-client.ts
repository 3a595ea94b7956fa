/** Makes the dashboard's typed client of the OpenAPI document: types of what goes in and out, and a table of addresses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly 'x-role'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content?: Readonly<Record<string, { schema?: Schema }>>;
  };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
}

export const CLIENT_FILE = 'web/src/api/generated.ts';

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ref;
const key = (name: string): string => (/^[a-z_$][\w$]*$/i.test(name) ? name : `'${name}'`);
const union = (types: readonly string[]): string => [...new Set(types)].join(' | ') || 'unknown';

const PLAIN: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function typeOf(schema: Schema | undefined): string {
  if (!schema) return 'unknown';
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const).replaceAll('"', "'");
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value).replaceAll('"', "'")));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return union(choices.map(typeOf));
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ');
  if (Array.isArray(schema.type)) return union(schema.type.map((type: string) => typeOf({ ...schema, type })));
  if (schema.type === 'array') return `readonly (${typeOf(schema.items)})[]`;
  if (schema.type === 'object' || schema.properties) return objectOf(schema);
  return PLAIN[String(schema.type)] ?? 'unknown';
}

function objectOf({ properties, required = [], additionalProperties: more }: Schema): string {
  const value = typeof more === 'object' ? typeOf(more) : 'unknown';
  if (!properties) return `Readonly<Record<string, ${value}>>`;
  const members = Object.entries(properties).map(
    ([name, schema]) => `readonly ${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  return `{ ${members.join('; ')} }`;
}

/** What a JSON answer is; anything else comes as the response itself. */
function answerOf({ responses }: Operation): string {
  const good = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
  const json = good?.content?.['application/json'];
  return json ? typeOf(json.schema) : 'Response';
}

const bodyOf = ({ requestBody }: Operation): string | undefined => {
  const schema = requestBody?.content?.['application/json']?.schema;
  return schema && `readonly body${requestBody?.required ? '' : '?'}: ${typeOf(schema)}`;
};

/** The whole file, as it is kept in the repository. */
export function clientText(text: string): string {
  const { paths, components } = JSON.parse(text) as Document;
  const resolve = (p: Parameter): Parameter => (p.$ref ? (components.parameters?.[nameOf(p.$ref)] ?? p) : p);
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb: verb.toUpperCase(), operation })),
  );
  const types = Object.entries(components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`);
  const calls = operations.map(({ operation }) => {
    const all = (operation.parameters ?? []).map(resolve).filter((p) => p.in !== 'header' && p.name !== 'force_domain');
    const parameters = all.map((p) => `readonly ${key(p.name)}${p.required ? '' : '?'}: ${typeOf(p.schema)}`);
    const members = [...parameters, bodyOf(operation)].filter((member) => member !== undefined);
    return `  '${operation.operationId}': { input: { ${members.join('; ')} }; answer: ${answerOf(operation)} };`;
  });
  const table = operations.map(
    ({ path, verb, operation }) =>
      `  '${operation.operationId}': '${verb} ${path} ${operation['x-role'] ?? 'anybody'}',`,
  );
  return [
    '// Made of docs/openapi.json by "npm run openapi"; do not edit.\n',
    ...types,
    `\nexport interface Operations {\n${calls.join('\n')}\n}\n`,
    `/** Verb, path, and the role that it needs. */
export const ADDRESSES: Readonly<Record<keyof Operations, string>> = {\n${table.join('\n')}\n};\n`,
  ].join('\n');
}
