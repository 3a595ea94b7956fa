import type { Express, Request, Response } from 'express';
import { RequestError } from './problem';

/** What a path can do, for `Allow`: whatever is read can also be looked at without its body, and anybody may ask. */
const allowOf = (verbs: readonly string[]): string =>
  [...verbs.flatMap((verb) => (verb === 'GET' ? ['GET', 'HEAD'] : [verb])), 'OPTIONS'].join(', ');

/** The answer to a method that a path does not have; to `OPTIONS`, what it has. */
export function refuseMethod(req: Request, res: Response, verbs: readonly string[]): void {
  const allow = allowOf(verbs);
  if (req.method === 'OPTIONS') return void res.writeHead(204, { allow }).end();
  const text = `${req.method} is not possible here, only ${verbs.join(', ')}.`;
  throw new RequestError(405, 'request.method_not_allowed', text, [], { allow });
}

/** A path beside the operations, which can be read and nothing else. */
export function onlyGet(app: Express, path: string, handler: (req: Request, res: Response) => unknown): void {
  app.get(path, handler);
  app.all(path, (req, res) => refuseMethod(req, res, ['GET']));
}
