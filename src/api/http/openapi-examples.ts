import { STATUS_CODES } from 'node:http';
import type { Json, JsonObject } from '../../domain/shared/json';
import type { RefusedExample } from './example';
import type { Operation } from './operation';

/** Requests and answers of one example have the same name. */
const [DONE, REFUSED] = ['done', 'refused'];

/** What is sent in each example, as far as it is sent at all. */
function inputsOf({ example }: Operation): readonly (readonly [string, JsonObject])[] {
  const done = [DONE, { ...example.input } as JsonObject] as const;
  return example.refused ? [done, [REFUSED, example.refused.input]] : [done];
}

const valued = (values: readonly (readonly [string, Json])[]): JsonObject =>
  values.length > 0 ? { examples: Object.fromEntries(values.map(([name, value]) => [name, { value }])) } : {};

export const parameterExamples = (operation: Operation, name: string): JsonObject =>
  valued(
    inputsOf(operation).flatMap(([example, input]) => {
      const value = input[name];
      return value === undefined ? [] : [[example, value] as const];
    }),
  );

export const bodyExamples = (operation: Operation, inPath: ReadonlySet<string>): JsonObject =>
  valued(
    inputsOf(operation).map(([example, input]) => [
      example,
      Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.has(name))),
    ]),
  );

export function answerExample({ example: { answer, varies }, produces }: Operation): JsonObject {
  const shown: JsonObject =
    answer === undefined ? { summary: `not shown here: ${produces}` } : { value: answer as Json };
  return { examples: { [DONE]: shown }, ...(varies ? { 'x-varies': varies } : {}) };
}

export function refusedExample({ status, code, detail, more }: RefusedExample): JsonObject {
  const title = STATUS_CODES[status] ?? 'Error';
  const value = { type: 'about:blank', title, status, detail, code, request_id: 'c0ffee', ...more };
  return { ...valued([[REFUSED, value]]), 'x-varies': ['/request_id'] };
}
