import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { eventually } from '../support/eventually';
import { WorkerRun } from '../support/worker-run';

const LIVE = '-nostdin -loglevel error -re -f lavfi -i testsrc2=size=320x180:rate=8 -f mpjpeg pipe:1'.split(' ');

/** A web camera: an endless answer of JPEG pictures, for who knows the password. */
describe('the worker on a web camera', () => {
  let server: Server;
  let run: WorkerRun | undefined;
  const asked: IncomingMessage['headers'][] = [];
  const cameras: ChildProcess[] = [];

  function serve(request: IncomingMessage, response: ServerResponse): void {
    asked.push(request.headers);
    const expected = `Basic ${Buffer.from('admin:p@ss/1').toString('base64')}`;
    if (request.headers.authorization !== expected)
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="cam"' }).end();
    if (request.url !== '/live') return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace;boundary=ffmpeg' });
    const camera = spawn(locateFfmpeg(process.env), LIVE, { stdio: ['ignore', 'pipe', 'inherit'] });
    cameras.push(camera);
    camera.stdout.pipe(response);
    response.once('close', () => camera.kill('SIGKILL'));
  }

  const start = (path: string, password: string): WorkerRun => {
    const { port } = server.address() as AddressInfo;
    run = WorkerRun.start(`http://admin:${password}@localhost:${port}${path}`);
    return run;
  };

  beforeAll(async () => {
    server = createServer(serve).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    await run?.remove();
    for (const camera of cameras.splice(0)) camera.kill('SIGKILL');
    asked.length = 0;
  });
  afterAll(() => server.close());

  it('sees its pictures at their own rate, and asks for it by its name', async () => {
    const { fps } = await start('/live', 'p%40ss%2F1').seeing(24);
    expect(fps).toBeGreaterThan(4);
    expect(fps).toBeLessThan(12);
    expect(asked.at(-1)?.host).toBe(`localhost:${(server.address() as AddressInfo).port}`);
  });

  it.each([
    ['a wrong password', '/live', 'geheim', 20, /wrong user or password/],
    ['a wrong path', '/other', 'p%40ss%2F1', 21, /no such stream/],
  ])('ends with a code of its own for %s', async (_, path, password, code, said) => {
    const wrong = start(path, password);
    expect(await wrong.ended).toEqual({ code, signal: null });
    await eventually(() => expect(wrong.output).toMatch(said));
    expect(wrong.output).not.toMatch(/geheim|ss%2F1|ss\/1/);
  });

  it('takes the end of the answer for the end of the stream', async () => {
    const watching = start('/live', 'p%40ss%2F1');
    await watching.seeing(3);
    server.closeAllConnections();
    expect(await watching.ended).toEqual({ code: 25, signal: null });
  });
});
