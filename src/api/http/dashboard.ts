import type { NextFunction, Request, Response } from 'express';

interface ServedFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Uint8Array;
  readonly gzip?: Uint8Array;
  readonly br?: Uint8Array;
}

/** The dashboard as it was built: its files by their paths, in memory. */
export interface ServedDashboard {
  readonly build: string;
  readonly files: ReadonlyMap<string, ServedFile>;
}

const INDEX = '/index.html';
/** What is answered by this service itself, whatever a browser accepts. */
const NO_PAGE = /^\/(api|ws|docs|metrics|assets|openapi\.json|health|livez|readyz)(\/|$)/;
/** Their names change with their content. */
const HASHED = /^\/assets\//;

/** The better of the encodings that the client names. */
function encodingOf(req: Request, file: ServedFile): 'br' | 'gzip' | undefined {
  const accepted = req.acceptsEncodings();
  if (file.br && accepted.includes('br')) return 'br';
  return file.gzip && accepted.includes('gzip') ? 'gzip' : undefined;
}

function send(req: Request, res: Response, path: string, file: ServedFile): void {
  res.setHeader('ETag', file.etag);
  res.setHeader('Cache-Control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
  res.vary('Accept-Encoding');
  if (req.fresh) return void res.writeHead(304).end();
  const encoding = encodingOf(req, file);
  const body = (encoding && file[encoding]) ?? file.plain;
  res.writeHead(200, {
    'content-type': file.type,
    'content-length': body.byteLength,
    ...(encoding ? { 'content-encoding': encoding } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}

const wantsPage = (req: Request): boolean => (req.headers.accept ?? '').includes('text/html');

/**
 * Serves the dashboard to everybody: who has no token must see the page on which one is entered, and its files hold no
 * data. Its pages have addresses of their own, which are all answered by the same file; what programs ask for goes on.
 */
export function serveDashboard({ build, files }: ServedDashboard) {
  const index = files.get(INDEX);
  if (!index) throw new Error(`the built dashboard has no ${INDEX}: build it again with "npm run build:web"`);
  return (req: Request, res: Response, next: NextFunction): void => {
    res.setHeader('X-Watchgate-Build', build);
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    const file = files.get(req.path);
    if (file && req.path !== INDEX) return send(req, res, req.path, file);
    if (req.path === '/' || (!NO_PAGE.test(req.path) && wantsPage(req))) return send(req, res, INDEX, index);
    next();
  };
}
