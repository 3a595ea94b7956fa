import type { JsonObject } from '../../domain/shared/json';
import { docsOperation, docsSocket } from './docs-operation';
import type { CurlTarget } from './example-curl';
import { type Html, html } from './html';
import { type RouteView, routesOf, socketsOf } from './openapi-view';

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
