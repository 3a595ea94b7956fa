import { spawn, spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Server as TcpServer, type Socket, connect, createServer as createTcp } from 'node:net';
import path from 'node:path';
import { readSource } from '../../src/infrastructure/ffmpeg/camera-source';
import { findFfmpeg, locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { FrameGrabber } from '../../src/infrastructure/ffmpeg/frame-grabber';
import { resolveHost } from '../../src/infrastructure/ffmpeg/open-camera';
import { RtspRelay } from '../../src/infrastructure/ffmpeg/rtsp-relay';
import { JpegSplitter } from '../../src/infrastructure/ffmpeg/splitters';
import { eventually } from '../support/eventually';
import { RtspPublisher } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';
import { temporaryDirectory } from '../support/temporary-directory';
import { WorkerRun, childrenOf } from '../support/worker-run';

const LOGIN = 'viewer:HiddenPw1';
const ffmpeg = locateFfmpeg(process.env);
const dir = temporaryDirectory();
const file = (name: string) => path.join(dir, name);

function make(args: string, name: string): Buffer {
  spawnSync(ffmpeg, [...`-nostdin -loglevel error ${args} -y`.split(' '), file(name)], { stdio: 'inherit' });
  return readFileSync(file(name));
}

/** What a camera of the network does with a request. */
type Act = (request: IncomingMessage, response: ServerResponse) => void;

describe('a hostile camera', () => {
  const grabber = new FrameGrabber(process.env);
  let act: Act = () => undefined;
  let camera: Server;
  /** Whoever is not the camera: inside, or on another port of its host. */
  let inside: TcpServer;
  let insideAsked: string[] = [];
  const insideSockets = new Set<Socket>();
  let asked: IncomingMessage[] = [];
  let picture: Buffer;
  let segment: Buffer;

  beforeAll(async () => {
    mkdirSync(dir, { recursive: true });
    picture = make('-f lavfi -i testsrc2=size=320x180 -frames:v 1', 'one.jpg');
    segment = make('-f lavfi -i testsrc2=size=320x180:rate=10 -t 6 -c:v libx264 -pix_fmt yuv420p -f mpegts', 'one.ts');
    camera = createServer((request, response) => {
      asked.push(request);
      act(request, response);
    }).listen(0, '127.0.0.1');
    inside = createTcp((socket) => {
      insideAsked.push('connected');
      insideSockets.add(socket);
      socket.on('data', (data) => insideAsked.push(String(data)));
      socket.on('error', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await Promise.all([once(camera, 'listening'), once(inside, 'listening')]);
  });
  beforeEach(() => {
    [asked, insideAsked] = [[], []];
  });
  afterAll(async () => {
    camera.closeAllConnections();
    for (const socket of insideSockets) socket.destroy();
    await Promise.all([new Promise((done) => camera.close(done)), new Promise((done) => inside.close(done))]);
    rmSync(dir, { recursive: true, force: true });
  });

  const port = () => (camera.address() as AddressInfo).port;
  const insidePort = () => (inside.address() as AddressInfo).port;
  const grab = (where: string, login = '') => grabber.grab(`http://${login}127.0.0.1:${port()}${where}`, 15_000);
  const reason = (where: string) =>
    grab(where).then(
      (jpeg) => (jpeg ? 'a picture' : 'nothing in time'),
      (error: { details?: { extra?: { reason?: string } } }) => error.details?.extra?.reason ?? String(error),
    );
  const isJpeg = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex', 0, 2) === 'ffd8';
  /** A stream of pictures, as web cameras send them. */
  const live = (response: ServerResponse, jpeg: Buffer) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace;boundary=b' });
    const head = `--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
    const beat = setInterval(() => response.write(Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])), 50);
    response.once('close', () => clearInterval(beat));
  };
  const list = (response: ServerResponse, ...lines: string[]) =>
    response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(`#EXTM3U\n${lines.join('\n')}\n`);

  it('S8: leads to no other host or port, by whatever it answers', async () => {
    const there = `http://127.0.0.1:${insidePort()}/stolen`;
    const answers: Readonly<Record<string, Act>> = {
      '/redirect': (_, response) => void response.writeHead(302, { location: there }).end(),
      '/name': (_, response) =>
        void response.writeHead(302, { location: there.replace('127.0.0.1', 'localhost') }).end(),
      '/segment.m3u8': (_, response) => list(response, '#EXTINF:1,', there, '#EXT-X-ENDLIST'),
      '/variant.m3u8': (_, response) => list(response, '#EXT-X-STREAM-INF:BANDWIDTH=1', there),
      '/map.m3u8': (_, response) =>
        list(response, `#EXT-X-MAP:URI="${there}"`, '#EXTINF:1,', '/one.ts', '#EXT-X-ENDLIST'),
      '/key.m3u8': (_, response) =>
        list(response, `#EXT-X-KEY:METHOD=AES-128,URI="${there}"`, '#EXTINF:1,', '/one.ts', '#EXT-X-ENDLIST'),
      '/file.m3u8': (_, response) => list(response, '#EXTINF:1,', 'file:///etc/passwd', '#EXT-X-ENDLIST'),
    };
    act = ({ url = '' }, response) => (answers[url] ?? ((_r, answer) => void answer.end(segment)))(asked[0]!, response);
    const seen = [];
    for (const where of Object.keys(answers)) seen.push([where, await reason(where)]);
    expect(seen).toEqual(Object.keys(answers).map((where) => [where, 'not_found']));
    expect(insideAsked).toEqual([]);
  }, 180_000);

  it('S8: is asked six times at most when it leads in a circle, and that is no crash of the worker', async () => {
    act = (_, response) => void response.writeHead(302, { location: '/again' }).end();
    const run = WorkerRun.start(`http://127.0.0.1:${port()}/again`);
    try {
      expect(await run.ended).toEqual({ code: 21, signal: null });
      expect(asked.length).toBeLessThanOrEqual(6);
    } finally {
      await run.remove();
    }
  });

  it('is still followed on its own host, and its playlists are read: plain, in variants, encrypted', async () => {
    const [key, iv] = [Buffer.alloc(16, 7), Buffer.alloc(16)];
    iv.writeUInt32BE(5, 12);
    const cipher = createCipheriv('aes-128-cbc', key, iv);
    const secret = Buffer.concat([cipher.update(segment), cipher.final()]);
    const answers: Readonly<Record<string, Act>> = {
      '/moved': (_, response) => void response.writeHead(301, { location: '/jpeg?x=1' }).end(),
      '/jpeg?x=1': (_, response) => live(response, picture),
      '/plain.m3u8': (_, response) => list(response, '#EXTINF:1,', 'one.ts', '#EXT-X-ENDLIST'),
      '/both.m3u8': (_, response) =>
        list(response, '#EXT-X-STREAM-INF:BANDWIDTH=1', '404', '#EXT-X-STREAM-INF:BANDWIDTH=9', 'plain.m3u8'),
      '/secret.m3u8': (_, response) =>
        list(response, '#EXT-X-MEDIA-SEQUENCE:5', '#EXT-X-KEY:METHOD=AES-128,URI="key"', '#EXTINF:1,', 'secret.ts'),
      '/key': (_, response) => void response.end(key),
      '/secret.ts': (_, response) => void response.end(secret),
      '/one.ts': (_, response) => void response.end(segment),
    };
    act = (request, response) => {
      const answer = answers[request.url ?? ''];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    };
    for (const where of ['/moved', '/plain.m3u8', '/both.m3u8', '/secret.m3u8'])
      expect([where, isJpeg(await grab(where))]).toEqual([where, true]);
  }, 180_000);

  it('S12: its password is in no argument of ffmpeg, and reaches it by Digest with qop, too', async () => {
    act = (request, response) => {
      if (!request.headers.authorization?.startsWith('Digest '))
        return void response
          .writeHead(401, { 'www-authenticate': 'Digest realm="cam", nonce="n1", qop="auth", algorithm=SHA-256' })
          .end();
      return live(response, picture);
    };
    const run = WorkerRun.start(`http://${LOGIN}@127.0.0.1:${port()}/live?pwd=QueryPw2`);
    try {
      await run.seeing(3);
      const words = childrenOf(run.pid).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      expect(words).toHaveLength(1);
      expect(words.join()).not.toMatch(/HiddenPw1|QueryPw2|viewer/);
      expect(asked.at(-1)?.headers.authorization).toMatch(
        /^Digest username="viewer".* uri="\/live\?pwd=QueryPw2", response="[0-9a-f]{64}".* nc=00000001/,
      );
    } finally {
      await run.remove();
    }
  });

  it('S5: gets the login of a source only if it is the host that every parser sees', async () => {
    const evil = `127.0.0.1:${insidePort()}`;
    for (const source of [
      `http://${LOGIN}@127.0.0.1:${port()}#@${evil}/`,
      `http://${LOGIN}@127.0.0.1:${port()}\\@${evil}/`,
    ])
      await grabber.grab(source, 3_000).catch(() => undefined);
    expect(insideAsked.join()).not.toMatch(/HiddenPw1|Authorization: Basic dmlld2Vy/i);
  });

  it('S10: that sends a picture of 16,000 × 16,000 is refused before anything is decoded', async () => {
    const large = make('-f lavfi -i color=size=16000x16000:rate=1 -frames:v 1 -q:v 31', 'large.jpg');
    expect(large.length).toBeGreaterThan(100_000);
    act = (_, response) => live(response, large);
    expect(await grabber.grab(`http://127.0.0.1:${port()}/large`, 4_000).catch(() => undefined)).toBeUndefined();
    act = (_, response) => live(response, picture);
    expect(await reason('/small')).toBe('a picture');
  }, 180_000);

  it('S10: is decoded within bounds, and without a way to more rights', async () => {
    const { command } = await findFfmpeg(process.env);
    const child = spawn(command[0], [...command.slice(1), ...'-re -f lavfi -i testsrc2 -f null -'.split(' ')], {
      stdio: 'ignore',
    });
    try {
      const read = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
      await eventually(() => expect(read('cmdline')).toMatch(/^[^\0]*ffmpeg\0/));
      expect(read('limits')).toMatch(/^Max address space +\d+ +\d+/m);
      expect(read('status')).toMatch(/^NoNewPrivs:\s+1/m);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('a hostile RTSP camera', () => {
  const grabber = new FrameGrabber(process.env);
  /** Answers every request with what `act` gives. */
  let act: (request: string, cseq: string) => string = () => '';
  let server: TcpServer;
  let connections = 0;
  const sockets = new Set<Socket>();
  let requests: string[] = [];

  beforeAll(async () => {
    server = createTcp((socket) => {
      connections += 1;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.on('data', (data) => {
        requests.push(String(data));
        socket.write(act(String(data), /CSeq: (\d+)/i.exec(String(data))?.[1] ?? '0'));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    [connections, requests] = [0, []];
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });

  const port = () => (server.address() as AddressInfo).port;
  const why = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing',
      (error: { details?: { extra?: { reason?: string } } }) => error.details?.extra?.reason ?? String(error),
    );

  it.each(['redirect', 'redirect without a carriage return', 'junk before the redirect'])(
    'S8: leads to no other host: %s',
    async (kind) => {
      let there = 0;
      const inside = createTcp((socket) => {
        there += 1;
        socket.destroy();
      }).listen(0, '127.0.0.1');
      await once(inside, 'listening');
      const location = `rtsp://127.0.0.1:${(inside.address() as AddressInfo).port}/x`;
      act = (_, cseq) => {
        const answer = `RTSP/1.0 302 Moved\r\nCSeq: ${cseq}\r\nLocation: ${location}\r\n\r\n`;
        if (kind.endsWith('return')) return answer.replaceAll('\r', '');
        return kind.startsWith('junk') ? `xx${answer}` : answer;
      };
      await why(grabber.grab(`rtsp://127.0.0.1:${port()}/x`, 3_000));
      expect(there).toBe(0);
      await new Promise((done) => inside.close(done));
    },
    20_000,
  );

  it('S8: that leads to itself is asked a few times over one connection', async () => {
    act = (_, cseq) => `RTSP/1.0 302 Moved\r\nCSeq: ${cseq}\r\nLocation: rtsp://127.0.0.1:${port()}/x\r\n\r\n`;
    expect(await why(grabber.grab(`rtsp://127.0.0.1:${port()}/x`, 10_000))).toBe('not_found');
    expect([connections, requests.length]).toEqual([1, 6]);
  }, 180_000);

  it('S12: has its password from the relay, not from the arguments of ffmpeg', async () => {
    const camera = await RtspServer.start({ scheme: 'Digest', user: 'viewer', password: 'HiddenPw1' });
    const publisher = await RtspPublisher.start(camera, '/live');
    const run = WorkerRun.start(camera.url('/live', LOGIN));
    try {
      await run.seeing(3);
      const words = childrenOf(run.pid).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      expect(words.join()).toMatch(/rtsp:\/\/127\.0\.0\.1:\d+\/camera/);
      expect(words.join()).not.toMatch(/HiddenPw1|viewer|\/live/);
    } finally {
      await run.remove();
      await publisher.stop();
      await camera.stop();
    }
  }, 180_000);

  it('S12: the relay serves one connection, and nobody after it', async () => {
    const source = readSource(`rtsp://127.0.0.1:${port()}/x`);
    if (source.kind !== 'network') throw new Error('no network');
    act = (_, cseq) => `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n\r\n`;
    const relay = await RtspRelay.open(await resolveHost(source));
    const relayPort = Number(new URL(relay.address).port);
    const [first, second] = [connect(relayPort, '127.0.0.1'), connect(relayPort, '127.0.0.1')];
    const answers = [first, second].map(async (socket) => {
      socket.on('error', () => socket.destroy());
      socket.write(`OPTIONS ${relay.address} RTSP/1.0\r\nCSeq: 1\r\n\r\n`);
      return new Promise<string>((resolve) => {
        socket.once('data', (data) => resolve(String(data)));
        socket.once('close', () => resolve('closed'));
      });
    });
    const seen = (await Promise.all(answers)).map((text) => text.slice(0, 15)).sort();
    relay.close();
    expect(seen).toEqual(['RTSP/1.0 200 OK', 'closed']);
  });
});

describe('S24: a stream of pictures in small pieces', () => {
  it('costs no more than its length, and one that has no end is dropped', () => {
    const found: number[] = [];
    const splitter = new JpegSplitter((jpeg) => found.push(jpeg.length));
    const head = Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]);
    const push = (bytes: number) => {
      for (let sent = 0; sent < bytes; sent += 1_000) splitter.push(Buffer.alloc(1_000, 1));
    };
    // The earlier way copied all that was there for each piece: some 16 TB here.
    for (let i = 0; i < 10; i += 1) {
      splitter.push(head);
      push(3_000_000);
      splitter.push(Buffer.from([0xff, 0xd9]));
    }
    expect(found).toEqual(Array(10).fill(3_000_008));
    splitter.push(head);
    push(180_000_000);
    splitter.push(Buffer.from([0xff, 0xd9]));
    expect(found).toHaveLength(10);
  }, 180_000);
});
