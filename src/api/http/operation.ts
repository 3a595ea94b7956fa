import type { RoutedOperation, WriteFallback } from '../../application/rollout/operation-router';
import { Media } from '../../application/shared/media';
import type { Role } from '../../domain/shared/role';
import type { Example } from './example';
import { type Class, shapeOf } from './fields';

const BODY_LIMIT = '256kb';

type Base = '/api/v1' | '/api';
type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One operation, as a row of a catalogue. */
interface Row<Port, Input, Output> {
  /** Verb and path below `base`; `{name}` is a path parameter. */
  readonly http: `${Verb} /${string}`;
  /** `/api/v1` but for a few that old clients look for elsewhere. */
  readonly base?: Base;
  readonly summary: string;
  /** The call of its use case. */
  readonly call: (port: Port, input: Input) => Promise<Output>;
  readonly input: Class<Input>;
  readonly output: Class<Output>;
  readonly example: Example<Input, Output>;
  /** The content type where the output is `Media`; `application/json` everywhere else. */
  readonly produces?: string;
  /** The rollout group; absent for operations that have one implementation only. */
  readonly group?: string;
  /** The member of the input that keeps calls on one path, or `caller` (the default). */
  readonly stickyBy?: (keyof Input & string) | 'caller';
  /** `read` for GET, else `write`, unless the row says otherwise. */
  readonly effect?: 'read' | 'write';
  /** Required for every switched write: there is no default that repeats a write. */
  readonly fallback?: WriteFallback;
  /** Who may call it; `viewer` for reads, `operator` for writes, unless the row says otherwise. `anybody` needs no token. */
  readonly role?: Role | 'anybody';
  /** Where two right answers may differ, as JSON pointers with `*`. */
  readonly mayDiffer?: readonly string[];
  /** Where members outside the path are expected: by default the query of a read, the body of a write. */
  readonly parametersIn?: 'query';
  /** The member of the input for a body that is a list, or one item of it. */
  readonly takesList?: keyof Input & string;
  /** The member of the input for the header `If-Match`. */
  readonly ifMatch?: keyof Input & string;
  /**
   * The header `ETag` of the answer, without its quotes: what a client sends back as `If-Match`, or as `If-None-Match`
   * to a read, which is then answered by 304 where nothing has changed.
   */
  readonly etag?: (answer: Output) => string;
  /** `256kb` unless the row says otherwise. */
  readonly bodyLimit?: string;
  /** The answer for a role, where it depends on the role. */
  readonly shown?: (answer: Output, role: Role) => Output;
}

type Rows<P> = {
  readonly [K in keyof P]: P[K] extends (input: infer I) => Promise<infer O> ? Row<P, I, O> : never;
};

/**
 * How a body is used: an operation without any member in it ignores it, as the old backend did; where it is optional,
 * it is read only if it names a member.
 */
interface BodyUse {
  readonly use: 'read' | 'optional' | 'ignored';
  /** The members of the input that a body may name; an open input may have more. */
  readonly members: readonly string[];
}

/** An operation with everything derived from its row. */
export interface Operation<Port = object> extends RoutedOperation {
  readonly context: string;
  /** Its name in the port. */
  readonly method: string;
  call(port: Port, input: object): Promise<unknown>;
  readonly verb: Verb;
  readonly base: Base;
  /** Below `base`. */
  readonly path: string;
  readonly summary: string;
  readonly input: Class<object>;
  readonly output: Class<unknown>;
  readonly example: Example<object, unknown>;
  readonly produces: string;
  readonly switched: boolean;
  readonly role: Role | 'anybody';
  readonly parametersIn: 'query' | 'body';
  readonly body: BodyUse;
  readonly takesList?: string;
  readonly ifMatch?: string;
  readonly etag?: (answer: unknown) => string;
  readonly bodyLimit: string;
  readonly shown?: (answer: unknown, role: Role) => unknown;
}

export type Operations<P> = { readonly [K in keyof P & string]: Operation<P> };

/** The catalogue of one port; the compiler refuses a missing row, a wrong DTO and a misspelt verb. */
export function operations<P extends object>(context: string, rows: Rows<P>): Operations<P> {
  const entries = Object.entries(rows as Record<string, Row<P, object, unknown>>);
  return Object.fromEntries(entries.map(([method, row]) => [method, operation(context, method, row)])) as Operations<P>;
}

function operation<P>(context: string, method: string, row: Row<P, object, unknown>): Operation<P> {
  const [verb, path] = row.http.split(' ') as [Verb, string];
  const effect = row.effect ?? (verb === 'GET' ? 'read' : 'write');
  const id = `${context}.${method}`;
  if (row.group && effect === 'write' && !row.fallback)
    throw new Error(`${id}: a switched write says when it falls back`);
  if ((row.output === Media) !== (row.produces !== undefined))
    throw new Error(`${id}: what answers Media, and nothing else, says what it produces`);
  return {
    id,
    context,
    method,
    verb,
    base: row.base ?? '/api/v1',
    path,
    effect,
    summary: row.summary,
    call: row.call,
    input: row.input,
    output: row.output,
    example: row.example,
    produces: row.produces ?? 'application/json',
    group: row.group ?? '',
    switched: row.group !== undefined,
    fallback: row.fallback ?? 'none',
    stickyBy: row.stickyBy ?? 'caller',
    role: row.role ?? (effect === 'read' ? 'viewer' : 'operator'),
    mayDiffer: row.mayDiffer ?? [],
    bodyLimit: row.bodyLimit ?? BODY_LIMIT,
    parametersIn: row.parametersIn ?? (verb === 'GET' ? 'query' : 'body'),
    body: bodyUse(verb, path, row),
    ...(row.takesList ? { takesList: row.takesList } : {}),
    ...(row.ifMatch ? { ifMatch: row.ifMatch } : {}),
    ...(row.etag ? { etag: row.etag } : {}),
    ...(row.shown ? { shown: row.shown } : {}),
  };
}

function bodyUse<P>(verb: Verb, path: string, { input, parametersIn }: Row<P, object, unknown>): BodyUse {
  const { fields, open, schema } = shapeOf(input);
  const members = [...fields].filter(([name]) => !path.includes(`{${name}}`));
  const names = members.map(([name]) => name);
  if (verb === 'GET' || (members.length === 0 && !open && !schema)) return { use: 'ignored', members: [] };
  const needed = parametersIn !== 'query' || members.some(([, { required }]) => required);
  return { use: needed ? 'read' : 'optional', members: names };
}
