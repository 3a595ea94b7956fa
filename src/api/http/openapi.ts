import { Media } from '../../application/shared/media';
import type { JsonObject } from '../../domain/shared/json';
import { schemaOf, shapeOf } from './fields';
import { besidePaths } from './openapi-beside';
import { answerExample, bodyExamples, parameterExamples, refusedExample } from './openapi-examples';
import type { Operation } from './operation';

const PROBLEM: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['loc', 'msg', 'type'],
        properties: { loc: { type: 'array' }, msg: { type: 'string' }, type: { type: 'string' } },
      },
    },
  },
};

const FORCE: JsonObject = {
  name: 'force_domain',
  in: 'query',
  required: false,
  schema: { type: 'boolean' },
  description: 'true: the domain path, false: the legacy path; absent: the rollout decides',
};

const TOKEN: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  description:
    'Needed wherever the service listens on an address that other machines can reach; each operation names the role it needs.',
};

const ABOUT =
  'Backend of a camera-monitoring site. An example of a request and one of an answer belong together where they have ' +
  'the same name. x-varies names, as JSON pointers, what is different in each call or shown shortened; times always are.';

/** The OpenAPI 3.1 document of the catalogue. */
export function openApi(operations: readonly Operation[]): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    const path = `/api/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.verb.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Watchgate', version: '1', description: ABOUT },
    paths: { ...paths, ...besidePaths({ '401': NO_TOKEN }) },
    components: { schemas: { Problem: PROBLEM }, securitySchemes: { token: TOKEN } },
    security: [{ token: [] }, {}],
  };
}

function describe(operation: Operation): JsonObject {
  const forced = operation.switched ? ', or less than operator and force_domain is sent' : '';
  const inPath = new Set([...operation.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ''));
  const parameters = [...shapeOf(operation.input).fields].flatMap(([name, { schema, required }]): JsonObject[] => {
    const described = { schema: schema(), ...parameterExamples(operation, name) };
    if (inPath.has(name)) return [{ name, in: 'path', required: true, ...described }];
    return operation.parametersIn === 'query' ? [{ name, in: 'query', required, ...described }] : [];
  });
  return {
    operationId: operation.id,
    tags: [operation.context],
    summary: operation.summary,
    description: `Needs the role ${operation.role}.`,
    'x-role': operation.role,
    parameters: operation.switched ? [...parameters, FORCE] : parameters,
    ...(operation.parametersIn === 'query' ? {} : requestBody(operation, inPath)),
    responses: {
      '200': {
        description: 'Done',
        content: { [operation.produces]: { schema: answerSchema(operation), ...answerExample(operation) } },
      },
      ...refused(operation),
      '401': NO_TOKEN,
      '403': refusal(`The token's role is less than ${operation.role}${forced}`),
      default: refusal('Refused or failed'),
    },
  };
}

const refusal = (description: string, example: JsonObject = {}): JsonObject => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, ...example } },
});

const NO_TOKEN = refusal('No token, or one that is wrong, expired or revoked');

const refused = ({ example: { refused: told } }: Operation): JsonObject =>
  told ? { [told.status]: refusal(told.detail, refusedExample(told)) } : {};

const answerSchema = ({ output }: Operation): JsonObject =>
  output === Media ? { type: 'string', format: 'binary' } : schemaOf(output);

function requestBody(operation: Operation, inPath: ReadonlySet<string>): JsonObject {
  const { properties, required, ...schema } = schemaOf(operation.input);
  const kept = Object.entries(Object(properties) as JsonObject).filter(([name]) => !inPath.has(name));
  const needed = (Array.isArray(required) ? required : []).filter((name) => !inPath.has(String(name)));
  if (kept.length === 0 && schema.additionalProperties === false) return {};
  const body = { ...schema, properties: Object.fromEntries(kept), ...(needed.length > 0 ? { required: needed } : {}) };
  const content = { 'application/json': { schema: body, ...bodyExamples(operation, inPath) } };
  return { requestBody: { required: needed.length > 0, content } };
}
