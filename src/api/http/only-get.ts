import type { Express, Request, Response } from 'express';
import { RequestError } from './problem';

/** The methods of a path, for `Allow`: what can be read also has `HEAD`, and every path has `OPTIONS`. */
const allowOf = (verbs: readonly string[]): string =>
  [...verbs.flatMap((verb) => (verb === 'GET' ? ['GET', 'HEAD'] : [verb])), 'OPTIONS'].join(', ');

/** The answer to a method that a path does not have; to `OPTIONS`, the methods it has. */
export function refuseMethod(req: Request, res: Response, verbs: readonly string[]): void {
  const allow = allowOf(verbs);
  if (req.method === 'OPTIONS') return void res.writeHead(204, { allow }).end();
  const text = `${req.method} is not possible here, only ${verbs.join(', ')}.`;
  throw new RequestError(405, 'request.method_not_allowed', text, [], { allow });
}

/** A path outside the operations that can only be read. */
export function onlyGet(app: Express, path: string, handler: (req: Request, res: Response) => unknown): void {
  app.get(path, handler);
  app.all(path, (req, res) => refuseMethod(req, res, ['GET']));
}
