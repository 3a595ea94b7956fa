import { once } from 'node:events';
import { type IncomingMessage, type Server, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { httpApplication, httpServer } from '../../src/api/http/application';
import { NoInputDto } from '../../src/api/http/fields';
import { mounted } from '../../src/api/http/mount';
import { openApi } from '../../src/api/http/openapi';
import { operations } from '../../src/api/http/operation';
import { Media } from '../../src/application/shared/media';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';

interface Gallery {
  show(nothing: object): Promise<Media>;
}

const row = { http: 'GET /picture', summary: '', input: NoInputDto, output: Media } as const;
const example = { input: {}, answer: undefined };
const call = (gallery: Gallery) => gallery.show({});
const rows = operations<Gallery>('gallery', { show: { ...row, call, example, produces: 'image/jpeg' } });
const CHUNK = Buffer.alloc(65_536, 'x');

describe('an answer that is not JSON', () => {
  const log = rememberingLog();
  let shown: Media['body'];
  let server: Server;

  beforeAll(async () => {
    const port: Gallery = { show: async () => new Media('image/jpeg', shown, { age: '1' }) };
    server = httpServer(
      httpApplication(mounted(rows, port), { log, gate: { needsToken: false, admit: () => ({ role: 'admin' }) } }),
      log,
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => void log.lines.splice(0));
  afterAll(() => void server.close());

  const ask = async (body: Media['body']): Promise<IncomingMessage> => {
    shown = body;
    const [answer] = await once(begin(), 'response');
    return answer as IncomingMessage;
  };
  const begin = () => get({ port: (server.address() as AddressInfo).port, path: '/api/v1/picture', agent: false });
  const complaints = () => log.lines.filter((line) => /^(warn|error)/.test(line));

  it('is sent whole, with its type, its length and its headers', async () => {
    const answer = await ask(Uint8Array.of(255, 216, 0));
    expect(answer.headers).toMatchObject({ 'content-type': 'image/jpeg', 'content-length': '3', age: '1' });
    expect([...(await buffer(answer))]).toEqual([255, 216, 0]);
  });

  it('is sent while it is made', async () => {
    async function* parts() {
      yield 'one ';
      yield Buffer.from('two');
    }
    const answer = await ask(parts());
    expect(answer.headers).toMatchObject({ 'content-type': 'image/jpeg', age: '1' });
    expect(answer.headers['content-length']).toBeUndefined();
    expect(await text(answer)).toBe('one two');
  });

  it('waits for a client that reads slowly, and ends without a complaint when the client leaves', async () => {
    let [made, ended] = [0, false];
    async function* endless() {
      try {
        for (;;) {
          made += 1;
          yield CHUNK;
        }
      } finally {
        ended = true;
      }
    }
    const answer = await ask(endless());
    await eventually(async () => {
      const before = made;
      await new Promise((later) => setTimeout(later, 100));
      expect(made).toBe(before);
    });
    expect(made * CHUNK.length).toBeLessThan(50_000_000);
    expect(ended).toBe(false);
    answer.destroy();
    await eventually(() => expect(ended).toBe(true));
    expect(complaints()).toEqual([]);
  });

  it('ends when the client leaves before anything was sent', async () => {
    let ended = false;
    let stop: (() => void) | undefined;
    shown = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve) => (stop = () => resolve({ done: true, value: undefined }))),
        return: async () => {
          ended = true;
          stop?.();
          return { done: true as const, value: undefined };
        },
      }),
    };
    const request = begin().on('error', () => undefined);
    await eventually(() => expect(stop).toBeDefined());
    request.destroy();
    await eventually(() => expect(ended).toBe(true));
    expect(complaints()).toEqual([]);
  });

  it('is a problem when it fails before anything was sent', async () => {
    const broken: Media['body'] = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no film')) }),
    };
    const answer = await ask(broken);
    expect(answer).toMatchObject({
      statusCode: 500,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    });
    expect(JSON.parse(await text(answer))).toMatchObject({ code: 'internal' });
    expect(complaints()).toEqual([expect.stringContaining('no film')]);
  });

  it('is cut off when it fails later, so that nobody takes a part for the whole', async () => {
    async function* torn() {
      yield CHUNK;
      throw new Error('film is torn');
    }
    const answer = await ask(torn());
    await expect(buffer(answer)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await eventually(() => expect(complaints()).toEqual([expect.stringMatching(/a stream broke off[^]*film is torn/)]));
  });

  it('is described as the bytes it is', () => {
    expect(openApi(Object.values(rows)).paths).toMatchObject({
      '/api/v1/picture': {
        get: { responses: { 200: { content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } } } } },
      },
    });
  });

  it('says what it is made of, or the catalogue refuses it', () => {
    expect(() => operations<Gallery>('gallery', { show: { ...row, call, example } })).toThrow('says what it produces');
  });
});
