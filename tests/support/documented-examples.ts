import { exampleRequest } from '../../src/api/http/docs-page';
import { type RouteView, routesOf } from '../../src/api/http/openapi-view';
import { type Json, type JsonObject, sameJson } from '../../src/domain/shared/json';

/** A call and its answer, as an OpenAPI document shows them under one name. */
export interface DocumentedExample {
  readonly operation: string;
  readonly name: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string | undefined;
  readonly status: number;
  readonly type: string;
  readonly schema: JsonObject;
  /** Undefined where the document cannot show it. */
  readonly answer: Json | undefined;
  /** JSON pointers with `*`. */
  readonly varies: readonly string[];
}

const DONE = 'done';

/**
 * Every example of the document, in an order in which all of them work: what only reads before what changes.
 * @throws Error when an operation has none of a call that succeeds
 */
export function examplesOf(document: JsonObject): readonly DocumentedExample[] {
  const all = routesOf(document).flatMap(examplesOfRoute);
  return [...all.filter((e) => e.method === 'GET'), ...all.filter((e) => e.method !== 'GET')];
}

function examplesOfRoute(route: RouteView): DocumentedExample[] {
  const { operationId: operation, responses } = route.operation;
  const found = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).flatMap(([type, { schema, examples = {}, 'x-varies': varies = [] }]) =>
      Object.entries(examples).map(([name, { value: answer }]): DocumentedExample => {
        const { path, body } = exampleRequest(route, name);
        const sent = { method: route.verb, path, body: body === undefined ? body : JSON.stringify(body) };
        return { operation, name, ...sent, status: Number(status), type, schema, answer, varies };
      }),
    ),
  );
  if (found.some(({ name, status }) => name === DONE && status === 200)) return found;
  throw new Error(`${operation} has no example`);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const isTime = (value: Json | undefined): boolean => typeof value === 'string' && TIME.test(value);

const kindOf = (value: Json | undefined): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;

/**
 * Where an answer is not what the document shows, as JSON pointers. What the document says varies is compared by its
 * type, a time with any time, a text that is not JSON by its first line; everything else has to be the same.
 */
export function differences({ answer: shown, varies }: DocumentedExample, answer: Json): readonly string[] {
  if (typeof shown === 'string' && typeof answer === 'string')
    return shown.split('\n')[0] === answer.split('\n')[0] ? [] : ['/'];
  const patterns = varies.map((pointer) => new RegExp(`^${pointer.replaceAll('*', '[^/]+')}$`));
  return compare(shown, answer, '', (pointer) => patterns.some((pattern) => pattern.test(pointer)));
}

type Varies = (pointer: string) => boolean;

function compare(shown: Json | undefined, answer: Json | undefined, at: string, varies: Varies): string[] {
  if (kindOf(shown) !== kindOf(answer)) return [at];
  if (varies(at) || (isTime(shown) && isTime(answer))) return [];
  if (typeof shown !== 'object' || shown === null || typeof answer !== 'object' || answer === null)
    return sameJson(shown, answer) ? [] : [at];
  const [one, other] = [shown, answer].map((value) => new Map<string, Json>(Object.entries(value)));
  const keys = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
  return [...keys].flatMap((key) => compare(one?.get(key), other?.get(key), `${at}/${key}`, varies));
}
