import { type Json, type JsonObject, isJsonObject } from '../../domain/shared/json';
import {
  type ContentView,
  type MessageView,
  type OperationView,
  type ParameterView,
  type RouteView,
  type SocketView,
  routesOf,
  socketsOf,
} from './openapi-view';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | readonly Html[];

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escaped(String(part));
}

/** HTML from a template: every inserted value is text and is escaped, unless it is `Html` itself. */
export const html = ({ raw }: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(raw.map((piece, i) => (i === 0 ? '' : textOf(parts[i - 1] ?? '')) + piece).join(''));

const NOTHING = new Html('');

const INDENT = '  ';

/** A JSON schema as a type for readers, its limits and descriptions as comments. */
export function schemaText(schema: JsonObject, indent = ''): string {
  if (typeof schema.$ref === 'string') return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return choices.map((choice) => schemaText(choice as JsonObject, indent)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types: readonly Json[] = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
  return types.map((type) => typeText(String(type), schema, indent)).join(' | ');
}

function typeText(type: string, schema: JsonObject, indent: string): string {
  switch (type) {
    case 'array':
      return `[${isJsonObject(schema.items ?? null) ? schemaText(schema.items as JsonObject, indent) : ''}]`;
    case 'object':
      return objectText(schema, indent);
    case 'string':
      return schema.format === 'date-time' ? 'time' : 'string';
    default:
      return type;
  }
}

function objectText({ properties, required, additionalProperties: more }: JsonObject, indent: string): string {
  const inside = indent + INDENT;
  const needed = new Set(Array.isArray(required) ? required : []);
  const members = Object.entries(isJsonObject(properties ?? null) ? (properties as JsonObject) : {});
  const lines = members.map(([name, value]) => {
    const schema = value as JsonObject;
    const about = remarks(schema);
    return `${inside}${name}${needed.has(name) ? '' : '?'}: ${schemaText(schema, inside)}${about ? `  // ${about}` : ''}\n`;
  });
  if (isJsonObject(more ?? null)) lines.push(`${inside}[name]: ${schemaText(more as JsonObject, inside)}\n`);
  return lines.length > 0 ? `{\n${lines.join('')}${indent}}` : 'object';
}

/** Limits above this are not shown, because no client reaches them. */
const FAR = 2_000_000_000;

/** A schema's description of a value besides its type. */
function remarks({ minimum, maximum, minLength, maxLength, default: otherwise, description }: JsonObject): string {
  const near = (limit: Json | undefined) => (typeof limit === 'number' && limit < FAR ? limit : undefined);
  return [
    range(minimum, near(maximum), ''),
    range(minLength === 0 ? undefined : minLength, near(maxLength), ' characters'),
    otherwise === undefined ? '' : `${JSON.stringify(otherwise)} unless given`,
    typeof description === 'string' ? description : '',
  ]
    .filter((remark) => remark !== '')
    .join('; ');
}

function range(from: Json | undefined, to: number | undefined, unit: string): string {
  if (from !== undefined && to !== undefined) return `${Number(from)} to ${to}${unit}`;
  if (from !== undefined) return `at least ${Number(from)}${unit}`;
  return to === undefined ? '' : `at most ${to}${unit}`;
}

/** The request of an example. */
interface ExampleRequest {
  /** With its query, escaped. */
  readonly path: string;
  readonly body: Json | undefined;
}

/** Throws when the example lacks a path parameter. */
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

/** Where examples are sent, and whether with a token. */
interface CurlTarget {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly needsToken: boolean;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** An example of an operation as a line for a shell. */
function exampleCurl(route: RouteView, name: string, target: CurlTarget): string {
  const { verb, operation } = route;
  const { path, body } = exampleRequest(route, name);
  return [
    'curl -s',
    ...(verb === 'GET' ? [] : [`-X ${verb}`]),
    ...(target.needsToken ? ['-H "Authorization: Bearer $WATCHGATE_TOKEN"'] : []),
    quoted(target.url + path),
    ...(body === undefined ? [] : [`-d ${quoted(JSON.stringify(body))}`]),
    // Images are written to a file, because no terminal shows them.
    ...(Object.hasOwn(operation.responses['200']?.content ?? {}, 'image/jpeg') ? ['-o picture.jpg'] : []),
  ].join(' ');
}

/** One operation: closed, its verb, path, meaning and role; open, everything that a caller needs to know. */
function docsOperation(route: RouteView, target: CurlTarget): Html {
  const { verb, path, operation } = route;
  return html`
<details id="${operation.operationId}">
<summary><b class="${verb}">${verb}</b> <code>${path}</code> <span>${operation.summary}</span> <em>${operation['x-role']}</em></summary>
${parameters(operation)}${bodies('Body', operation.requestBody?.content ?? {})}${answers(route, target)}
</details>`;
}

function parameters({ parameters: all }: Pick<OperationView, 'parameters'>): Html {
  if (all.length === 0) return NOTHING;
  return html`<h3>Parameters</h3>
<table>${all.map(parameter)}
</table>`;
}

const parameter = ({ name, in: place, required, schema, description = '' }: ParameterView): Html => html`
<tr><th>${name}</th><td>${place}${required ? '' : ', optional'}</td><td><code>${schemaText(schema)}</code></td><td>${description || remarks(schema)}</td></tr>`;

const bodies = (heading: string, content: Readonly<Record<string, ContentView>>): Html =>
  html`${Object.entries(content).map(([type, { schema }]) => html`<h3>${heading} <small>${type}</small></h3>${typed(schema)}`)}`;

const typed = (schema: JsonObject): Html => html`<pre>${schemaText(schema)}</pre>
`;

/** Answers with examples are shown with them; the others only by their status. */
function answers(route: RouteView, target: CurlTarget): Html {
  const all = Object.entries(route.operation.responses).map(([status, { description, content = {} }]) => {
    const shown = Object.values(content).flatMap(({ examples = {} }) => Object.entries(examples));
    const types = status === '200' ? bodies('Answer', content) : NOTHING;
    const examples = shown.map(([name, { value, summary = '' }]) => {
      const line = exampleCurl(route, name, target);
      return html`<h3>Example <small>${status}</small></h3><pre class="curl">${line}</pre><pre>${valueText(value, summary)}</pre>
`;
    });
    return { types, examples, other: shown.length > 0 ? NOTHING : html`<li><b>${status}</b> ${description}</li>` };
  });
  return html`${all.map(({ types }) => types)}${all.flatMap(({ examples }) => examples)}<ul>${all.map(({ other }) => other)}</ul>`;
}

function valueText(value: Json | undefined, otherwise: string): string {
  if (value === undefined) return otherwise;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** A web socket: how to connect, and the messages in both directions. */
function docsSocket([path, socket]: readonly [string, SocketView]): Html {
  return html`
<details id="${path}">
<summary><b class="GET">WS</b> <code>${path}</code> <span>${socket.summary}</span> <em>${socket['x-role']}</em></summary>
<p>${socket.description}</p>
${parameters(socket)}${messages('The service sends', socket.receives)}${messages('A client may send', socket.sends)}
</details>`;
}

const messages = (heading: string, all: readonly MessageView[]): Html =>
  html`${all.map(
    ({
      summary,
      schema,
      example,
    }) => html`<h3>${heading} <small>${summary}</small></h3>${typed(schema)}<pre>${valueText(example, '')}</pre>
`,
  )}`;

export const STYLE_PATH = '/docs/style.css';
export const SCRIPT_PATH = '/docs/filter.js';

const SOCKETS = 'web sockets';

/** An OpenAPI document as a page for people. */
export function docsPage(document: JsonObject, target: CurlTarget): string {
  const { title, description } = document.info as { readonly title: string; readonly description: string };
  const routes = routesOf(document);
  const groups = [...new Set(routes.flatMap(({ operation }) => operation.tags))];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} API</title>
<link rel="stylesheet" href="${STYLE_PATH}">
<script src="${SCRIPT_PATH}" defer></script>
</head>
<body>
<header>
<h1>${title} API</h1>
<p>${description}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a></p>
<p>A click on the line of an example selects all of it, for a shell${target.needsToken ? ' that has your token in WATCHGATE_TOKEN' : ''}.</p>
<input type="search" id="filter" placeholder="Filter by path or words" aria-label="Filter the operations" hidden>
<nav>${[...groups, SOCKETS].map((group) => html`<a href="#${group}">${group}</a> `)}</nav>
</header>
<main>${groups.map((group) => section(group, routes, target))}${sockets(document)}</main>
</body>
</html>
`;
  return page.text;
}

function sockets(document: JsonObject): Html {
  return html`
<section id="${SOCKETS}">
<h2>${SOCKETS}</h2>${socketsOf(document).map(docsSocket)}
</section>`;
}

function section(group: string, all: readonly RouteView[], target: CurlTarget): Html {
  const routes = all.filter(({ operation }) => operation.tags.includes(group));
  return html`
<section id="${group}">
<h2>${group}</h2>${routes.map((route) => docsOperation(route, target))}
</section>`;
}
