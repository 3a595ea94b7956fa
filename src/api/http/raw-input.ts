import type { Request } from 'express';
import type { JsonObject } from '../../domain/shared/json';
import { isStorable } from '../../domain/shared/storable-text';
import { parseFlag } from './fields';
import { jsonBody, listBody, optionalBody } from './json-body';
import type { Operation } from './operation';
import type { RawInput } from './read-input';
import { type LocatedFault, RequestError } from './request-error';

/** What a request says, as text and JSON, not yet looked at. */
export function rawInput(operation: Operation, req: Request): RawInput {
  const lastOf = (value: unknown): string => String(Array.isArray(value) ? value.at(-1) : value);
  const texts = (values: object) => Object.fromEntries(Object.entries(values).map(([name, v]) => [name, lastOf(v)]));
  const path = texts(req.params);
  // Nothing can be called what cannot be stored.
  if (!Object.values(path).every(isStorable))
    throw new RequestError(404, 'request.not_found', 'There is no such thing.');
  return {
    expected: operation.parametersIn,
    path,
    query: { ...texts(req.query), ...ifMatch(operation, req) },
    body: Buffer.isBuffer(req.body) ? bodyOf(operation, req.body) : {},
  };
}

/** `force_domain` of a switched operation. */
export function forceOf(req: Request, faults: LocatedFault[]): boolean | undefined {
  const { force_domain: sent } = req.query;
  if (sent === undefined) return undefined;
  const force = parseFlag(String(Array.isArray(sent) ? sent.at(-1) : sent));
  if (typeof force === 'boolean') return force;
  faults.push({ loc: ['query', 'force_domain'], msg: 'must be true or false', type: 'bool_parsing' });
  return undefined;
}

function bodyOf({ body, takesList }: Operation, bytes: Buffer): JsonObject {
  switch (body.use) {
    case 'ignored':
      return {};
    case 'optional':
      return optionalBody(bytes, body.members);
    case 'read':
      return takesList ? listBody(bytes, takesList) : jsonBody(bytes);
  }
}

/** The version that a client wants to change (RFC 9110, 13.1.1), as the member of the input that stands for it. */
function ifMatch({ ifMatch: member }: Operation, req: Request): Readonly<Record<string, string>> {
  const sent = req.get('if-match');
  return member && sent && sent !== '*' ? { [member]: sent.replaceAll(/^(W\/)?"|"$/g, '') } : {};
}
