import type { Express, Request, Response } from 'express';
import type { JsonObject } from '../../domain/shared/json';
import { sha256 } from '../../domain/shared/sha256';
import { SCRIPT_PATH, STYLE_PATH, docsPage } from './docs-page';
import { onlyGet } from './only-get';
import { sendText } from './send';

/** The stylesheet of the page: readable in the light and in the dark, on paper and on a telephone. */
const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
code, pre { font: 0.875rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: 4px; margin: 0.25rem 0 1rem; }
pre.curl { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; margin-bottom: 0; border-style: dashed; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; margin: 0.5rem 0; }
h2 { margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
small, em { opacity: 0.75; font-style: normal; font-weight: normal; }
details { border: 1px solid var(--line); border-radius: 4px; margin: 0.25rem 0; padding: 0.25rem 0.75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.5rem; }
summary em { float: right; }
.GET { color: #2f7de1; } .POST { color: #2a9d4a; } .PUT { color: #b7791f; } .DELETE { color: #d64545; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-top: 1px solid var(--line); }
`;

/**
 * The script of the page, which also works without it: a field that filters the operations by the words typed into it.
 */
const SCRIPT = `
const field = document.getElementById('filter');
field.hidden = false;
field.addEventListener('input', () => {
  const words = field.value.toLowerCase().split(/\\s+/);
  for (const section of document.querySelectorAll('section')) {
    let shown = 0;
    for (const operation of section.querySelectorAll('details')) {
      const text = operation.querySelector('summary').textContent.toLowerCase();
      operation.hidden = !words.every((word) => text.includes(word));
      if (!operation.hidden) shown += 1;
    }
    section.hidden = shown === 0;
  }
});
const open = () => {
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted?.tagName === 'DETAILS') wanted.open = true;
};
addEventListener('hashchange', open);
open();
`;

/** A host that is safe in a line for a shell; a client may send any. */
const PLAIN_HOST = /^[\w.[\]:-]+$/;

/**
 * The OpenAPI document for programs, and as a page for people, whose examples use the address that the page was
 * requested from.
 */
export function mountDocs(app: Express, document: JsonObject, needsToken: boolean): void {
  onlyGet(app, '/', (_req, res) => res.redirect(307, '/docs'));
  onlyGet(app, '/openapi.json', unchanging('application/json', JSON.stringify(document)));
  onlyGet(app, '/docs', (req, res) => {
    const host = req.get('host') ?? '';
    const url = `${req.protocol}://${PLAIN_HOST.test(host) ? host : '127.0.0.1:8000'}`;
    sendText(res, 200, 'text/html; charset=utf-8', docsPage(document, { url, needsToken }));
  });
  onlyGet(app, STYLE_PATH, unchanging('text/css', STYLE));
  onlyGet(app, SCRIPT_PATH, unchanging('text/javascript', SCRIPT));
}

/** A text that stays the same while the process lives: a client that has it already need not get it again. */
function unchanging(type: string, text: string) {
  // A weak ETag: compressed or not, it is the same text.
  const etag = `W/"${sha256(text)}"`;
  return (req: Request, res: Response): void => {
    res.setHeader('ETag', etag).setHeader('Cache-Control', 'private, no-cache');
    res.vary('Accept-Encoding');
    if (req.fresh) return void res.writeHead(304).end();
    sendText(res, 200, `${type}; charset=utf-8`, text);
  };
}
