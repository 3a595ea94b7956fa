import { exampleRequest } from './example-request';
import type { RouteView } from './openapi-view';

/** Where examples are sent to, and whether with a token. */
export interface CurlTarget {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly needsToken: boolean;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** An example of an operation as a line for a shell. */
export function exampleCurl(route: RouteView, name: string, target: CurlTarget): string {
  const { verb, operation } = route;
  const { path, body } = exampleRequest(route, name);
  return [
    'curl -s',
    ...(verb === 'GET' ? [] : [`-X ${verb}`]),
    ...(target.needsToken ? ['-H "Authorization: Bearer $WATCHGATE_TOKEN"'] : []),
    quoted(target.url + path),
    ...(body === undefined ? [] : [`-d ${quoted(JSON.stringify(body))}`]),
    // No terminal shows a picture.
    ...(Object.hasOwn(operation.responses['200']?.content ?? {}, 'image/jpeg') ? ['-o picture.jpg'] : []),
  ].join(' ');
}
