import compression from 'compression';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../../application/shared/log';
import type { Media } from '../../application/shared/media';
import { isShared } from '../../application/shared/shared-reads';

/** Texts of answers that several callers share, so that each is serialised once. */
const texts = new WeakMap<object, string>();

function textOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !isShared(body)) return JSON.stringify(body);
  const text = texts.get(body) ?? JSON.stringify(body);
  texts.set(body, text);
  return text;
}

/** Smaller answers fit into one packet either way. */
const LEAST_COMPRESSED = 1_024;
const compress = compression({ threshold: LEAST_COMPRESSED });

/**
 * Compresses an answer if its client accepts that; to be called before its head is written. The package works on the
 * response itself, so small answers, which are most, and pictures, which are compressed already, never come here.
 */
function compressed(res: Response): void {
  if (res.req.headers['accept-encoding'] === undefined) res.vary('Accept-Encoding');
  else compress(res.req, res, () => undefined);
}

/** A whole text of a known type. */
export function sendText(res: Response, status: number, type: string, text: string, headers: object = {}): void {
  const length = Buffer.byteLength(text);
  if (length >= LEAST_COMPRESSED) compressed(res);
  res.writeHead(status, { ...headers, 'content-type': type, 'content-length': length }).end(text);
}

export function sendJson(res: Response, status: number, type: string, body: unknown, headers: object = {}): void {
  sendText(res, status, `${type}; charset=utf-8`, textOf(body), headers);
}

/** Resolves when everything is sent or the client has left. Rejects only while nothing has been sent. */
export async function sendMedia(res: Response, { type, body, headers }: Media, log: Log): Promise<void> {
  const head = { ...headers, 'content-type': type };
  if (body instanceof Uint8Array)
    return void res.writeHead(200, { ...head, 'content-length': body.byteLength }).end(body);
  const chunks = body[Symbol.asyncIterator]();
  const first = await firstOf(chunks, res);
  if (!first) return;
  if (type.startsWith('text/')) compressed(res);
  res.writeHead(200, head);
  try {
    await pipeline(Readable.from(resumed(first, chunks)), res);
  } catch (error) {
    // `pipeline` has closed the connection, so that the client does not take a part for the whole.
    if (!isGone(error)) log.error('a stream broke off', { requestId: res.getHeader('X-Request-Id'), error });
  }
}

type Chunks = AsyncIterator<Uint8Array | string>;
type Chunk = IteratorResult<Uint8Array | string>;

/** A client that leaves before the first chunk ends the stream like any other; then there is none. */
async function firstOf(chunks: Chunks, res: Response): Promise<Chunk | undefined> {
  let leaving: Promise<unknown> | undefined;
  const leave = () => {
    leaving = chunks.return?.();
  };
  res.once('close', leave);
  try {
    const first = await chunks.next();
    if (!res.destroyed) return first;
    leave();
  } catch (error) {
    if (!res.destroyed) throw error;
  } finally {
    res.off('close', leave);
    await leaving;
  }
  return undefined;
}

/** Without `throw`: a client that leaves is no error of the stream, which just ends. */
function resumed(first: Chunk, chunks: Chunks): AsyncIterable<Uint8Array | string> {
  let held: Chunk | undefined = first;
  const next = async () => {
    const chunk = held ?? (await chunks.next());
    held = undefined;
    return chunk;
  };
  const end = async () => (await chunks.return?.()) ?? { done: true as const, value: undefined };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}

const isGone = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
