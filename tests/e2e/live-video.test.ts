import { WebSocket } from 'ws';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { eventually } from '../support/eventually';
import { BareSite } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { childrenOf } from '../support/worker-run';

interface Watched {
  readonly texts: { type: string; mime?: string; reason?: string; detail?: string }[];
  readonly parts: Buffer[];
  readonly socket: WebSocket;
  closed: number;
}

describe('the live video of a camera', () => {
  let database: TestDatabase;
  let site: BareSite;
  let [url, pid] = ['', 0];
  const opened: WebSocket[] = [];
  beforeAll(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
    const film = path.join(site.dir, 'film.mp4');
    const making = `-v error -f lavfi -i testsrc2=size=320x180:rate=10 -t 20 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 10 -y`;
    execFileSync(locateFfmpeg(process.env), [...making.split(' '), film]);
    const cameras = path.join(site.dir, 'cameras.yaml');
    writeFileSync(
      cameras,
      `cameras:\n  - {id: film, name: Film, source: ${film}}\n  - {id: test, name: Test, source: "testsrc:rate=5"}\n  - {id: off, name: Off, source: "rtsp://viewer:geheim@127.0.0.1:1/main"}\n`,
    );
    const run = site.start({ DATABASE_URL: database.url, CAMERAS_FILE: cameras });
    url = await run.ready();
    pid = run.child.pid ?? 0;
  }, 60_000);
  afterEach(() => opened.splice(0).forEach((socket) => socket.terminate()));
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  function watch(id: string): Watched {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/cameras/${id}/video`);
    opened.push(socket);
    const watched: Watched = { texts: [], parts: [], socket, closed: 0 };
    socket.on('message', (data: Buffer, binary) => {
      if (binary) watched.parts.push(data);
      else watched.texts.push(JSON.parse(String(data)) as Watched['texts'][number]);
    });
    socket.on('close', (code) => (watched.closed = code));
    return watched;
  }
  const copies = () =>
    childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('frag_keyframe'));
  const boxes = (bytes: Buffer | undefined) => bytes?.toString('latin1', 4, 8);

  it('comes undecoded, as a player of a browser reads it, from one process for all who watch', async () => {
    const first = watch('film');
    await eventually(() => expect(first.parts.length).toBeGreaterThan(3));
    expect(first.texts).toEqual([
      { type: 'video', mime: expect.stringMatching(/^video\/mp4; codecs="avc1\.[0-9a-f]{6}"$/) },
    ]);
    expect([boxes(first.parts[0]), boxes(first.parts[1])]).toEqual(['ftyp', 'moof']);
    const second = watch('film');
    await eventually(() => expect(second.parts.length).toBeGreaterThan(2));
    expect(second.parts[0]?.equals(first.parts[0]!)).toBe(true);
    expect(copies()).toHaveLength(1);
    // What was sent is a film that can be decoded from its first picture on.
    const sent = path.join(site.dir, 'sent.mp4');
    writeFileSync(sent, Buffer.concat(second.parts));
    const decode = ['-v', 'error', '-i', sent, '-f', 'null', '-'];
    expect(execFileSync(locateFfmpeg(process.env), decode, { encoding: 'utf8', stdio: 'pipe' })).toBe('');
    first.socket.terminate();
    const before = second.parts.length;
    await eventually(() => expect(second.parts.length).toBeGreaterThan(before + 2));
    second.socket.terminate();
    await eventually(() => expect(copies()).toEqual([]), { within: 20_000 });
  });

  it.each([
    ['test', 'not-a-video'],
    ['none', 'unknown'],
    ['off', 'unreachable'],
  ])('of %s is none, and the viewer is told why', async (id, reason) => {
    const watched = watch(id);
    await eventually(() => expect(watched.closed).toBe(4404));
    expect(watched.texts).toEqual([{ type: 'unavailable', reason, detail: expect.any(String) }]);
    expect(JSON.stringify(watched.texts)).not.toContain('geheim');
    expect(readdirSync(site.dir)).not.toContain('core');
  });
});
