import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { RtspPublisher } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';

const SECRET = 'p@ss:w/o#rd%';
const LOGIN = `admin:${encodeURIComponent(SECRET)}`;
const PATH = '/live/1';

const film = (file: string) =>
  spawnSync(
    locateFfmpeg(process.env),
    [...'-nostdin -loglevel error -f lavfi -i testsrc2=size=320x180:rate=10 -t 2 -c:v libx264 -y'.split(' '), file],
    { stdio: 'inherit' },
  );

describe('cameras of every kind, added and started over the API', () => {
  const servers: RtspServer[] = [];
  const publishers: RtspPublisher[] = [];
  let site: CameraSite;

  const rtsp = async (scheme: 'Basic' | 'Digest'): Promise<string> => {
    const server = await RtspServer.start({ scheme, user: 'admin', password: SECRET });
    servers.push(server);
    publishers.push(await RtspPublisher.start(server, PATH));
    return server.url(PATH, LOGIN);
  };

  beforeAll(async () => {
    site = await CameraSite.start('cameras: []\n');
    const file = join(site.folder.dir, 'belt.mp4');
    film(file);
    const sources = {
      file,
      basic: await rtsp('Basic'),
      digest: await rtsp('Digest'),
      pattern: 'testsrc:size=320x180,rate=10',
    };
    for (const [id, source] of Object.entries(sources))
      expect(await site.call('POST', '/cameras', { id, name: id, source, fps: 10 })).toMatchObject({ status: 200 });
  }, 180_000);
  afterAll(async () => {
    await site.remove();
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await Promise.all(servers.map((server) => server.stop()));
  });

  it.each(['file', 'basic', 'digest', 'pattern'])(
    '%s: counts frames, shows a picture of now, keeps a log, and is never degraded on its way',
    async (id) => {
      expect((await site.call('POST', `/cameras/${id}/start`)).body).toMatchObject({ ok: true, running: true });
      const states = new Set<string>();
      await eventually(async () => expect(states.add((await site.status(id)).state)).toContain('running'), {
        within: 20_000,
      });
      const before = await site.frames(id);
      await eventually(
        async () => {
          states.add((await site.status(id)).state);
          expect(await site.frames(id)).toBeGreaterThan(before + 30);
        },
        { within: 20_000 },
      );
      expect([...states].filter((state) => state !== 'starting')).toEqual(['running']);
      const { status, headers, bytes } = await site.preview(id);
      expect([status, headers.get('content-type'), bytes.toString('hex', 0, 2)]).toEqual([200, 'image/jpeg', 'ffd8']);
      expect(Number(headers.get('x-frame-age'))).toBeLessThan(2);
      const { body } = await site.call('GET', `/cameras/${id}/logs?lines=500`);
      expect(body).toMatchObject({
        lines: expect.arrayContaining([expect.stringContaining('the first frame is here')]),
      });
    },
    60_000,
  );
});
