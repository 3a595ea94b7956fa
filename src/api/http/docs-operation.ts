import type { Json, JsonObject } from '../../domain/shared/json';
import { type CurlTarget, exampleCurl } from './example-curl';
import { type Html, html, NOTHING } from './html';
import type { ContentView, MessageView, OperationView, ParameterView, RouteView, SocketView } from './openapi-view';
import { remarks, schemaText } from './schema-text';

/** One operation: closed, its verb, path, meaning and role; open, everything there is to know to call it. */
export function docsOperation(route: RouteView, target: CurlTarget): Html {
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

/** Those that have examples are shown with them; the others only by their status. */
function answers(route: RouteView, target: CurlTarget): Html {
  const all = Object.entries(route.operation.responses).map(([status, { description, content }]) => {
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

/** A web socket: how to come to it, and what is said there in both directions. */
export function docsSocket([path, socket]: readonly [string, SocketView]): Html {
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
