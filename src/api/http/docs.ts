import type { Express, Request, Response } from 'express';
import type { JsonObject } from '../../domain/shared/json';
import { sha256 } from '../../domain/shared/sha256';
import { SCRIPT, STYLE } from './docs-assets';
import { docsPage, SCRIPT_PATH, STYLE_PATH } from './docs-page';
import { onlyGet } from './only-get';
import { sendText } from './send';

/** A host that can stand in a line for a shell; a client may send any. */
const PLAIN_HOST = /^[\w.[\]:-]+$/;

/** The OpenAPI document for programs, and as a page for people, whose examples are sent to where the page came from. */
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

/** A text that stays the same while the process lives: whoever has it already need not get it again. */
function unchanging(type: string, text: string) {
  // Weak: compressed or not, it is the same text.
  const etag = `W/"${sha256(text)}"`;
  return (req: Request, res: Response): void => {
    res.setHeader('ETag', etag).setHeader('Cache-Control', 'private, no-cache');
    res.vary('Accept-Encoding');
    if (req.fresh) return void res.writeHead(304).end();
    sendText(res, 200, `${type}; charset=utf-8`, text);
  };
}
