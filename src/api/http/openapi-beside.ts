import type { Json, JsonObject } from '../../domain/shared/json';
import { headersOf, refusal, sharedRefusals } from './openapi-components';
import { all, text } from './schemas';

/** Of what is answered beside the operations of the catalogue. */
export const BESIDE_TAG = 'service';

/** A route that takes nothing and is no operation of the catalogue. */
interface Beside {
  readonly id: string;
  readonly summary: string;
  /** `anybody` needs no token. */
  readonly role: 'anybody' | 'viewer';
  readonly type: string;
  readonly schema: JsonObject;
  readonly answer: Json;
}

const status = (value: string, id: string, summary: string): Beside => ({
  id,
  summary,
  role: 'anybody',
  type: 'application/json',
  schema: all({ status: text }),
  answer: { status: value },
});

const ROUTES: Readonly<Record<string, Beside>> = {
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

/** The paths of an OpenAPI document that are no operations of the catalogue. */
export const besidePaths = (refusals: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(ROUTES).map(([path, beside]) => [path, { get: described(beside, refusals) }]));

const described = ({ id, summary, role, type, schema, answer }: Beside, refusals: JsonObject): JsonObject => ({
  operationId: `${BESIDE_TAG}.${id}`,
  tags: [BESIDE_TAG],
  summary,
  description: role === 'anybody' ? 'Needs no token.' : `Needs the role ${role}.`,
  'x-role': role,
  parameters: [],
  ...(role === 'anybody' ? { security: [] } : {}),
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
