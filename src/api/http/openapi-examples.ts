import { STATUS_CODES } from 'node:http';
import type { Json, JsonObject } from '../../domain/shared/json';
import type { RefusedExample } from './example';
import type { Operation } from './operation';

/** Requests and answers of one example have the same name. */
const [DONE, REFUSED] = ['done', 'refused'];
/** Where the request of the example `refused` is: among the examples it would be taken for one that may be sent. */
export const REFUSED_REQUEST = 'x-refused-request';

const valued = (name: string, value: Json): JsonObject => ({ examples: { [name]: { value } } });
const without = (input: object, left: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !left.has(name)));

export function parameterExamples({ example }: Operation, name: string): JsonObject {
  const value = (example.input as JsonObject)[name];
  return value === undefined ? {} : valued(DONE, value);
}

export const bodyExamples = ({ example }: Operation, inPath: ReadonlySet<string>): JsonObject =>
  valued(DONE, without(example.input, inPath));

/** What is sent in the example of a refusal, by the place where it is sent. */
export function refusedRequest(
  { example: { refused }, parametersIn, body }: Operation,
  inPath: ReadonlySet<string>,
): JsonObject {
  if (!refused) return {};
  const inBody = parametersIn === 'body' && body.use !== 'ignored';
  const path = Object.fromEntries(Object.entries(refused.input).filter(([name]) => inPath.has(name)));
  const rest = without(refused.input, inPath);
  return { [REFUSED_REQUEST]: { parameters: inBody ? path : { ...path, ...rest }, ...(inBody ? { body: rest } : {}) } };
}

export function answerExample({ example: { answer, varies }, produces, path }: Operation): JsonObject {
  const where = `/api/v1${path}`.replaceAll(/[{}]/g, '');
  const shown: JsonObject =
    answer === undefined ? { summary: `not shown here: ${produces}`, externalValue: where } : { value: answer as Json };
  return { examples: { [DONE]: shown }, ...(varies ? { 'x-varies': varies } : {}) };
}

export function refusedAnswer({ status, code, detail, more }: RefusedExample): JsonObject {
  const title = STATUS_CODES[status] ?? 'Error';
  const value = { type: 'about:blank', title, status, detail, code, request_id: 'c0ffee', ...more };
  return { ...valued(REFUSED, value), 'x-varies': ['/request_id'] };
}
