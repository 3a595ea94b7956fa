import { noteServerTime } from './clock';
import { ADDRESSES, type Operations } from './generated';
import { ApiProblem, Unreachable } from './problem';
import { noteBuild, noteDatabase, noteReachable, noteUnauthorized, noteUnreachable } from './reachability';

export type OperationId = keyof Operations;
export type InputOf<K extends OperationId> = Operations[K]['input'];
export type AnswerOf<K extends OperationId> = Operations[K]['answer'];

interface Options {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

type Values = Readonly<Record<string, unknown>>;

/** Address of an operation with its parameters filled in; for links and pictures, too. */
export function addressOf<K extends OperationId>(id: K, input: InputOf<K>): string {
  const values: Values = { ...(input as Values) };
  const [, path = ''] = ADDRESSES[id].split(' ');
  const used = new Set<string>(['body']);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    used.add(name);
    return encodeURIComponent(String(values[name]));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (!used.has(name) && value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

/** The `Date` of an answer has whole seconds. */
const DATE_ERROR_MS = 1_000;

function noteHeaders(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(date)) noteServerTime(date + DATE_ERROR_MS / 2, DATE_ERROR_MS);
  noteBuild(response.headers.get('x-watchgate-build'));
  noteReachable();
}

/**
 * Sends a request of this page: with its cookie, its time and its build noted.
 * @throws ApiProblem, Unreachable
 */
export async function send(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    noteUnreachable();
    throw new Unreachable('', { cause });
  }
  noteHeaders(response);
  if (response.ok) return response;
  const text = await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  if (response.status === 401) noteUnauthorized();
  if (body.code === 'database.unavailable') noteDatabase('doubted');
  throw new ApiProblem(response.status, body);
}

/** Calls an operation; its input and answer are those of the OpenAPI document. */
export async function call<K extends OperationId>(
  id: K,
  input: InputOf<K>,
  options: Options = {},
): Promise<AnswerOf<K>> {
  const [verb = 'GET'] = ADDRESSES[id].split(' ');
  const { body } = input as { body?: unknown };
  const response = await send(addressOf(id, input), {
    method: verb,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return (isJson ? await response.json() : response) as AnswerOf<K>;
}
