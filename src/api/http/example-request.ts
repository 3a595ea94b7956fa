import type { Json } from '../../domain/shared/json';
import type { RouteView } from './openapi-view';

/** What a client sends in an example. */
export interface ExampleRequest {
  /** With its query, escaped. */
  readonly path: string;
  readonly body: Json | undefined;
}

/** Throws when the example lacks a part of the path. */
export function exampleRequest({ path, operation }: RouteView, name: string): ExampleRequest {
  const refused = name === 'refused' ? operation['x-refused-request'] : undefined;
  const sent = operation.parameters.flatMap((p) => {
    const value = refused ? refused.parameters[p.name] : p.examples?.[name]?.value;
    return value === undefined ? [] : [{ ...p, text: encodeURIComponent(String(value)) }];
  });
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, wanted: string) => {
    const found = sent.find((p) => p.in === 'path' && p.name === wanted);
    if (!found) throw new Error(`${operation.operationId}: the example "${name}" has no ${wanted}`);
    return found.text;
  });
  const query = sent.filter((p) => p.in === 'query').map((p) => `${p.name}=${p.text}`);
  const shown = operation.requestBody?.content['application/json']?.examples?.[name]?.value;
  return { path: query.length > 0 ? `${filled}?${query.join('&')}` : filled, body: refused ? refused.body : shown };
}
