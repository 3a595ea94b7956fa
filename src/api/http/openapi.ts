import { STATUS_CODES } from 'node:http';
import { Media } from '../../application/shared/media';
import type { Json, JsonObject } from '../../domain/shared/json';
import type { Role } from '../../domain/shared/role';
import { SESSION_COOKIE } from './auth';
import type { RefusedExample } from './example';
import { schemaName, schemaOf, shapeOf } from './fields';
import { NOT_MODIFIED, type SharedRefusal, headersOf, refusal, sharedRefusals, withComponents } from './openapi-parts';
import { webSockets } from './openapi-sockets';
import type { Operation } from './operation';
import { all, named, text } from './schemas';

/** Requests and answers of one example have the same name. */
const [DONE, REFUSED] = ['done', 'refused'];
/** Where the request of the example `refused` stands: among the examples it would be taken for a valid one. */
const REFUSED_REQUEST = 'x-refused-request';

const valued = (name: string, value: Json): JsonObject => ({ examples: { [name]: { value } } });
const without = (input: object, left: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !left.has(name)));

function parameterExamples({ example }: Operation, name: string): JsonObject {
  const value = (example.input as JsonObject)[name];
  return value === undefined ? {} : valued(DONE, value);
}

const bodyExamples = ({ example }: Operation, inPath: ReadonlySet<string>): JsonObject =>
  valued(DONE, without(example.input, inPath));

/** The request of the example of a refusal, by the place of its members. */
function refusedRequest(
  { example: { refused }, parametersIn, body }: Operation,
  inPath: ReadonlySet<string>,
): JsonObject {
  if (!refused) return {};
  const inBody = parametersIn === 'body' && body.use !== 'ignored';
  const path = Object.fromEntries(Object.entries(refused.input).filter(([name]) => inPath.has(name)));
  const rest = without(refused.input, inPath);
  return { [REFUSED_REQUEST]: { parameters: inBody ? path : { ...path, ...rest }, ...(inBody ? { body: rest } : {}) } };
}

function answerExample({ example: { answer, varies }, produces, base, path }: Operation): JsonObject {
  const where = `${base}${path}`.replaceAll(/[{}]/g, '');
  const shown: JsonObject =
    answer === undefined ? { summary: `not shown here: ${produces}`, externalValue: where } : { value: answer as Json };
  return { examples: { [DONE]: shown }, ...(varies ? { 'x-varies': varies } : {}) };
}

function refusedAnswer({ status, code, detail, more }: RefusedExample): JsonObject {
  const title = STATUS_CODES[status] ?? 'Error';
  const value = { type: 'about:blank', title, status, detail, code, request_id: 'c0ffee', ...more };
  return { ...valued(REFUSED, value), 'x-varies': ['/request_id'] };
}

/** The tag of endpoints outside the catalogue. */
export const SERVICE_TAG = 'service';

/** A route without input that is no operation of the catalogue. */
interface ServiceRoute {
  readonly id: string;
  readonly summary: string;
  /** `anybody` needs no token. */
  readonly role: 'anybody' | 'viewer';
  readonly type: string;
  readonly schema: JsonObject;
  readonly answer: Json;
}

const status = (value: string, id: string, summary: string): ServiceRoute => ({
  id,
  summary,
  role: 'anybody',
  type: 'application/json',
  schema: all({ status: text }),
  answer: { status: value },
});

const ROUTES: Readonly<Record<string, ServiceRoute>> = {
  '/health': status('healthy', 'health', 'The process serves, as the old backend says it'),
  '/livez': status('live', 'livez', 'The process serves'),
  '/readyz': status('ready', 'readyz', 'Requests can be served; else 503, and the part that is missing'),
  '/api/ping': {
    id: 'ping',
    summary: 'The process serves, and what its clock says',
    role: 'anybody',
    type: 'application/json',
    schema: all({ message: text, timestamp: { type: 'string', format: 'date-time' } }),
    answer: { message: 'pong', timestamp: '2026-01-05T08:15:02.114Z' },
  },
  '/metrics': {
    id: 'metrics',
    summary: 'What Prometheus reads',
    role: 'viewer',
    type: 'text/plain; version=0.0.4; charset=utf-8',
    schema: text,
    answer:
      '# HELP process_cpu_user_seconds_total Total user CPU time spent in seconds.\n' +
      '# TYPE process_cpu_user_seconds_total counter\nprocess_cpu_user_seconds_total 1.21\n',
  },
};

/** The paths of an OpenAPI document outside the catalogue. */
const servicePaths = (refusals: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(ROUTES).map(([path, route]) => [path, { get: described(route, refusals) }]));

const described = ({ id, summary, role, type, schema, answer }: ServiceRoute, refusals: JsonObject): JsonObject => ({
  operationId: `${SERVICE_TAG}.${id}`,
  tags: [SERVICE_TAG],
  summary,
  ...neededRole(role),
  parameters: [],
  responses: {
    '200': {
      description: 'Done',
      headers: headersOf(),
      content: { [type]: { schema, examples: { done: { value: answer } } } },
    },
    ...(role === 'anybody' ? {} : refusals),
    ...(id === 'readyz' ? sharedRefusals([503]) : {}),
    '4XX': refusal('4XX', 'The request could not be read'),
  },
});

const neededRole = (role: Role | 'anybody'): JsonObject => ({
  description: role === 'anybody' ? 'Needs no token.' : `Needs the role ${role}.`,
  'x-role': role,
  ...(role === 'anybody' ? { security: [] } : {}),
});

const FOREIGN = 'A page of another origin made a browser send its session';

const FORCE: JsonObject = {
  name: 'force_domain',
  in: 'query',
  required: false,
  schema: { type: 'boolean' },
  description: 'true: the domain path, false: the legacy path; absent: the rollout decides',
};

const IF_MATCH: JsonObject = {
  name: 'If-Match',
  in: 'header',
  required: false,
  schema: text,
  description: 'The version that was read, in quotes: what was changed since then is not changed',
};

const TOKEN: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  description:
    'Needed wherever the service listens on an address that other machines can reach; each operation names the role it needs.',
};

const SESSION: JsonObject = {
  type: 'apiKey',
  in: 'cookie',
  name: SESSION_COOKIE,
  description: 'What POST /api/v1/access/session gives a browser for a token; changes need an Origin of this service.',
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
  video: 'Pictures of cameras as they come',
  regions: 'Parts of the picture in which rules hold',
  records: 'Violations and detection reports',
  statistics: 'Events in numbers',
  rollout: 'The rollout from the legacy to the domain path',
  monitoring: 'How the service is',
  system: 'The machine of the service',
  access: 'Tokens, browsers that signed in, and the audit trail',
  [SERVICE_TAG]: 'What watches the service',
};

/** The OpenAPI 3.1 document of the catalogue. */
export function openApi(operations: readonly Operation[]): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    const path = `${operation.base}${operation.path}`;
    paths[path] = { ...paths[path], [operation.verb.toLowerCase()]: describe(operation) };
  }
  const used = new Set([...operations.map(({ context }) => context), SERVICE_TAG]);
  const document: JsonObject = {
    openapi: '3.1.0',
    info: { title: 'Watchgate', version: '1', description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'where this document is from' }],
    tags: Object.entries(TAGS).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
    paths: { ...paths, ...servicePaths({ '401': NO_TOKEN }) },
    security: [{ token: [] }, { session: [] }, {}] as readonly JsonObject[],
    'x-websockets': webSockets(),
  };
  return withComponents(document, { token: TOKEN, session: SESSION });
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
    ...neededRole(operation.role),
    parameters: [...parameters, ...(operation.ifMatch ? [IF_MATCH] : []), ...(operation.switched ? [FORCE] : [])],
    ...requestBody(operation, inPath),
    ...refusedRequest(operation, inPath),
    responses: answers(operation, parameters.length > 0 || operation.switched),
  };
}

/** For operations with two paths: which of them answered, and why. */
const PATH_HEADERS = ['X-Served-By', 'X-Rollout-Reason'];

function answers(operation: Operation, takesParameters: boolean): JsonObject {
  const { produces, switched, role, example } = operation;
  const path = switched ? PATH_HEADERS : [];
  const forced = switched ? ', or less than operator and force_domain is sent' : '';
  const kinds: Readonly<Record<string, readonly string[]>> = {
    'image/jpeg': [operation.context === 'records' ? 'X-Picture-Time' : 'X-Frame-Age'],
    'text/csv; charset=utf-8': ['Content-Disposition'],
  };
  const more = [
    ...path,
    ...(switched ? ['X-Answer-Partial'] : []),
    ...(kinds[produces] ?? []),
    ...(operation.etag ? ['ETag'] : []),
  ];
  const refused = example.refused;
  return {
    '200': {
      description: 'Done',
      headers: headersOf(...more),
      content: { [produces]: { schema: answerSchema(operation), ...answerExample(operation) } },
    },
    ...(operation.etag && operation.verb === 'GET' ? NOT_MODIFIED : {}),
    ...sharedRefusals(refusalsOf(operation, takesParameters)),
    ...(refused
      ? {
          [refused.status]: refusal(refused.status, refused.detail, { example: refusedAnswer(refused), headers: path }),
        }
      : {}),
    '401': NO_TOKEN,
    '403': refusal(403, role === 'anybody' ? FOREIGN : `The token's role is less than ${role}${forced}`),
    default: refusal('default', 'Failed', {
      headers: [...path, 'Retry-After', ...(produces === 'image/jpeg' ? ['X-Last-Frame-Age'] : [])],
    }),
  };
}

/** The answers that any operation of this kind may give. */
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

/** The members that a body may have; a parameter that may also stand there is required in only one of both places. */
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
