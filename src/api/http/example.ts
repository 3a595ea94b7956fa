import type { Media } from '../../application/shared/media';
import type { Json, JsonObject } from '../../domain/shared/json';

/**
 * A call of an operation and its answer, on the site of tests/support/example-site.ts. The OpenAPI document shows it,
 * and tests/e2e/examples.test.ts makes the call.
 */
export interface Example<Input, Output> {
  /** Parameters and body alike. */
  readonly input: Partial<Input>;
  /** For status 200; for Media a text, and absent if it is not text. */
  readonly answer: Output extends Media ? string | undefined : Output;
  /** Members that differ in each call, as JSON pointers with `*`; times always may differ and need not be named. */
  readonly varies?: readonly string[];
  readonly refused?: RefusedExample;
}

/** A call that is answered by a problem. */
export interface RefusedExample {
  readonly input: JsonObject;
  readonly status: 400 | 404 | 409 | 412 | 422;
  readonly code: string;
  readonly detail: string;
  /** Further members of the problem, such as `errors`. */
  readonly more?: Readonly<Record<string, Json>>;
}

/** Examples of the operations of a port; a row may also hold its own. The compiler refuses a row without one. */
export type Examples<P> = {
  readonly [K in keyof P]: P[K] extends (input: infer I) => Promise<infer O> ? Example<I, O> : never;
};

const refused =
  (status: RefusedExample['status']) =>
  (input: JsonObject, code: string, detail: string, params?: JsonObject): RefusedExample => ({
    input,
    status,
    code,
    detail,
    ...(params ? { more: { params } } : {}),
  });

/** A call about something that does not exist; its id is the first member of the input. */
export const unknown = (input: JsonObject, code: string, detail: string, params?: JsonObject): RefusedExample =>
  refused(404)(input, code, detail, params ?? { id: Object.values(input)[0] ?? null });

/** A call that makes no sense in the present state. */
export const conflict = refused(409);

/** A call that the operation itself finds invalid. */
export const invalidQuery = refused(400);

/** A call with one member that breaks a rule. */
const faulty =
  (status: RefusedExample['status'], place: string) =>
  (input: JsonObject, member: string, msg: string, type: string, params?: JsonObject): RefusedExample => ({
    ...refused(status)(input, 'request.invalid', `${member} ${msg}`),
    more: { errors: [{ loc: [place, member], msg, type, ...(params ? { params } : {}) }] },
  });

/** A parameter in the query that cannot be read. */
export const unreadable = faulty(422, 'query');

/** A member of the body that breaks a rule. */
export const invalid = faulty(400, 'body');
