import { Media } from '../../application/shared/media';
import type { JsonObject } from '../../domain/shared/json';
import { schemaName, schemaOf, shapeOf } from './fields';
import { BESIDE_TAG, besidePaths } from './openapi-beside';
import { headersOf, refusal, sharedRefusals, type SharedRefusal, withComponents } from './openapi-components';
import { answerExample, bodyExamples, parameterExamples, refusedAnswer, refusedRequest } from './openapi-examples';
import { webSockets } from './openapi-sockets';
import type { Operation } from './operation';
import { named } from './schemas';

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
  'the same name; x-refused-request is what the example `refused` of an answer was the answer to. x-varies names, as JSON ' +
  'pointers, what is different in each call or shown shortened; times always are. Another method on any of these paths is ' +
  'answered 405 with Allow; what is no HTTP that can be read 400, 408 or 431. x-websockets describes the web sockets.';

const TAGS: Readonly<Record<string, string>> = {
  cameras: 'Cameras and their settings',
  'camera-config': 'The file of the cameras: its state and its history',
  'camera-control': 'Detection processes',
  alerts: 'Alert rules and what they told',
  'alert-handling': 'What people do about alerts, and notices on their way',
  events: 'Events of the detectors',
  records: 'Violations and detection reports',
  statistics: 'Events in numbers',
  rollout: 'The rollout from the legacy to the domain path',
  monitoring: 'How the service is',
  system: 'The machine of the service',
  access: 'Tokens and the audit trail',
  [BESIDE_TAG]: 'What watches the service',
};

/** The OpenAPI 3.1 document of the catalogue. */
export function openApi(operations: readonly Operation[]): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    const path = `/api/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.verb.toLowerCase()]: describe(operation) };
  }
  const used = new Set([...operations.map(({ context }) => context), BESIDE_TAG]);
  const document: JsonObject = {
    openapi: '3.1.0',
    info: { title: 'Watchgate', version: '1', description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'where this document is from' }],
    tags: Object.entries(TAGS).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
    paths: { ...paths, ...besidePaths({ '401': NO_TOKEN }) },
    security: [{ token: [] }, {}] as readonly JsonObject[],
    'x-websockets': webSockets(),
  };
  return withComponents(document, { token: TOKEN });
}

const NO_TOKEN = refusal(401, 'No token, or one that is wrong, expired or revoked');

function describe(operation: Operation): JsonObject {
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
    ...requestBody(operation, inPath),
    ...refusedRequest(operation, inPath),
    responses: answers(operation, parameters.length > 0 || operation.switched),
  };
}

/** Which path answered, and why, of operations that have two. */
const PATH_HEADERS = ['X-Served-By', 'X-Rollout-Reason'];

function answers(operation: Operation, takesParameters: boolean): JsonObject {
  const { produces, switched, role, example } = operation;
  const path = switched ? PATH_HEADERS : [];
  const forced = switched ? ', or less than operator and force_domain is sent' : '';
  const kinds: Readonly<Record<string, readonly string[]>> = {
    'image/jpeg': ['X-Frame-Age'],
    'text/csv; charset=utf-8': ['Content-Disposition'],
  };
  const more = [...path, ...(switched ? ['X-Answer-Partial'] : []), ...(kinds[produces] ?? [])];
  const refused = example.refused;
  return {
    '200': {
      description: 'Done',
      headers: headersOf(...more),
      content: { [produces]: { schema: answerSchema(operation), ...answerExample(operation) } },
    },
    ...sharedRefusals(refusalsOf(operation, takesParameters)),
    ...(refused
      ? {
          [refused.status]: refusal(refused.status, refused.detail, { example: refusedAnswer(refused), headers: path }),
        }
      : {}),
    '401': NO_TOKEN,
    '403': refusal(403, `The token's role is less than ${role}${forced}`),
    default: refusal('default', 'Failed', {
      headers: [...path, 'Retry-After', ...(produces === 'image/jpeg' ? ['X-Last-Frame-Age'] : [])],
    }),
  };
}

/** What may come of any operation of its kind. */
function refusalsOf({ verb, effect, body, path, ifMatch }: Operation, takesParameters: boolean): SharedRefusal[] {
  const read = body.use !== 'ignored';
  return [
    ...(read ? [400 as const] : []),
    ...(path.includes('{') ? [404 as const] : []),
    ...(effect === 'write' ? [409 as const] : []),
    ...(ifMatch ? [412 as const] : []),
    ...(verb === 'GET' ? [] : [413 as const]),
    ...(read || takesParameters ? [422 as const] : []),
    429,
    503,
  ];
}

const answerSchema = ({ output }: Operation): JsonObject =>
  output === Media ? { type: 'string', format: 'binary' } : schemaOf(output);

/** What may be sent in a body; a parameter that may also stand there is needed in one of both places only. */
function requestBody(operation: Operation, inPath: ReadonlySet<string>): JsonObject {
  if (operation.body.use === 'ignored') return {};
  const { properties, required, ...schema } = schemaOf(operation.input);
  const kept = Object.entries(Object(properties) as JsonObject).filter(([name]) => !inPath.has(name));
  const inBody = operation.parametersIn === 'body';
  const needed = (Array.isArray(required) && inBody ? required : []).filter((name) => !inPath.has(String(name)));
  const body = { ...schema, properties: Object.fromEntries(kept), ...(needed.length > 0 ? { required: needed } : {}) };
  const examples = inBody ? bodyExamples(operation, inPath) : {};
  const about: JsonObject = inBody
    ? {}
    : { description: 'The same as the parameters, which count where both are sent' };
  const content = { 'application/json': { schema: named(schemaName(operation.input), body), ...examples } };
  return { requestBody: { ...about, required: needed.length > 0, content } };
}
