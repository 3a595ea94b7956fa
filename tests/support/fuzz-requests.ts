import { routesOf } from '../../src/api/http/openapi-view';
import type { JsonObject } from '../../src/domain/shared/json';
import { anything, objectFor, valueFor } from './fuzz-values';
import type { Chance } from './random';

export interface FuzzRequest {
  readonly operation: string;
  readonly method: string;
  /** With its query, escaped as far as it is meant to be. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

interface Described {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly schema: JsonObject }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonObject } } };
}

interface Target {
  readonly method: string;
  readonly path: string;
  readonly described: Described;
}

const TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'x', ''];
/** Parts of a path as no program would write them. */
const ESCAPES = ['%00', '%FF', '%', '%zz', '..%2F..%2Fetc', '%2e%2e', '%F0%9F%98%80', '%E4%BD', 'a%0d%0ab', ';', '~'];

export function targetsOf(document: JsonObject): readonly Target[] {
  return routesOf(document).map(({ verb, path, operation }) => ({
    method: verb,
    path,
    described: operation as unknown as Described,
  }));
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const escaped = (value: unknown): string => encodeURIComponent(asText(value).toWellFormed().slice(0, 3_000));

function pathOf(chance: Chance, { path, described }: Target): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const schema = described.parameters.find((p) => p.name === name)?.schema ?? {};
    return chance.percent(10) ? chance.of(ESCAPES) : escaped(valueFor(chance, schema, name)) || 'x';
  });
}

function queryOf(chance: Chance, { parameters }: Described): string {
  const sent = parameters
    .filter((p) => p.in === 'query' && chance.percent(40))
    .flatMap(({ name, schema }) =>
      Array.from({ length: chance.percent(5) ? 2 : 1 }, () => `${name}=${escaped(valueFor(chance, schema, name))}`),
    );
  if (chance.percent(5)) sent.push(`${escaped(anything(chance))}=${chance.of(ESCAPES)}`);
  return sent.length > 0 ? `?${sent.join('&')}` : '';
}

/** Bodies that are no JSON, or JSON that no program would write. */
function oddBody(chance: Chance): string | Buffer {
  return chance.of([
    '',
    'null',
    '[]',
    '0',
    '"text"',
    '{',
    '{"a":1,"a":2}',
    `{"id":"fuzz-0","id":"fuzz-1"}`,
    '{"fps":1e400}',
    '{"fps":123456789012345678901234567890}',
    '{"__proto__":{"admin":true}}',
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
    `{"name":"${'x'.repeat(300_000)}"}`,
    `[${'{},'.repeat(2_000)}{}]`,
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from('{"name":"\xe4"}', 'latin1'),
    JSON.stringify(anything(chance)),
  ]);
}

function bodyOf(chance: Chance, { requestBody }: Described): Buffer | undefined {
  if (chance.percent(15)) return Buffer.from(oddBody(chance));
  const schema = requestBody?.content['application/json'].schema;
  return schema ? Buffer.from(JSON.stringify(objectFor(chance, schema))) : undefined;
}

export function fuzzRequest(chance: Chance, targets: readonly Target[]): FuzzRequest {
  const target = chance.of(targets);
  const body = target.method === 'GET' ? undefined : bodyOf(chance, target.described);
  const headers: Record<string, string> = {};
  if (body && chance.percent(60)) headers['content-type'] = chance.of(TYPES);
  if (chance.percent(10)) headers['x-request-id'] = chance.of(['a', 'x'.repeat(500), '<b>', '..']);
  if (chance.percent(10)) headers['if-match'] = chance.of(['*', '"1"', 'W/"2"', '""', '"x"', '1e9']);
  const path = pathOf(chance, target) + queryOf(chance, target.described);
  return { operation: target.described.operationId, method: target.method, path, headers, body };
}
