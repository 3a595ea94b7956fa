import type { Request, Response } from 'express';
import { problemOf } from './problem';

/** Called for every request that reached an operation, once it has its answer; must not allocate, must not throw. */
export type Meter = (operation: string, path: 'domain' | 'legacy' | 'none', status: number, ms: number) => void;

export type Handler = (req: Request, res: Response) => Promise<void>;

/** The same handler, measured. */
export const metered = (operation: string, handler: Handler, meter: Meter): Handler => {
  const measure = (res: Response, status: number, from: number) =>
    meter(operation, servedBy(res), status, performance.now() - from);
  return async (req, res) => {
    const from = performance.now();
    try {
      await handler(req, res);
    } catch (error) {
      measure(res, problemOf(error, '').status, from);
      throw error;
    }
    measure(res, res.statusCode, from);
  };
};

function servedBy(res: Response): 'domain' | 'legacy' | 'none' {
  const path = res.getHeader('X-Served-By');
  return path === 'domain' || path === 'legacy' ? path : 'none';
}
