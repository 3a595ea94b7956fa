import type { Express, Request, Response } from 'express';
import type { JsonObject } from '../../domain/shared/json';
import { SCRIPT, STYLE } from './docs-assets';
import { docsPage, SCRIPT_PATH, STYLE_PATH } from './docs-page';

/** A host that can stand in a line for a shell; a client may send any. */
const PLAIN_HOST = /^[\w.[\]:-]+$/;

/** The OpenAPI document for programs, and as a page for people, whose examples are sent to where the page came from. */
export function mountDocs(app: Express, document: JsonObject, needsToken: boolean): void {
  app.get('/openapi.json', (_req, res) => void res.json(document));
  app.get('/docs', (req, res) => {
    const host = req.get('host') ?? '';
    const url = `${req.protocol}://${PLAIN_HOST.test(host) ? host : '127.0.0.1:8000'}`;
    send(res, 'text/html', docsPage(document, { url, needsToken }));
  });
  const asset = (type: string, text: string) => (_req: Request, res: Response) => send(res, type, text);
  app.get(STYLE_PATH, asset('text/css', STYLE));
  app.get(SCRIPT_PATH, asset('text/javascript', SCRIPT));
}

function send(res: Response, type: string, text: string): void {
  res.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
}
