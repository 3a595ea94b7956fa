import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { RtspPublisher, freezingAfter } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';

const PATH = '/live/1';
const WRONG = 'not-the-Passw0rd';
const MOVES_FOR_S = 8;

/** Every file below a folder but the cameras file, where the password belongs, and pictures, by what it holds. */
const filesWith = (dir: string, text: string): string[] =>
  readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((file) => !/cameras\.yaml$|\.jpg$/.test(file) && contentOf(file).includes(text));

/** Files come and go while somebody looks: one that is gone holds nothing. */
function contentOf(file: string): Buffer {
  try {
    return statSync(file).isFile() ? readFileSync(file) : Buffer.alloc(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

describe('the health of a real stream', () => {
  let server: RtspServer;
  let publisher: RtspPublisher;
  let site: CameraSite;

  const add = async (id: string, source: string) => {
    expect(await site.call('POST', '/cameras', { id, name: id, source })).toMatchObject({ status: 200 });
    expect(await site.call('POST', `/cameras/${id}/start`)).toMatchObject({ status: 200 });
  };

  beforeAll(async () => {
    server = await RtspServer.start();
    publisher = await RtspPublisher.start(server, PATH);
    site = await CameraSite.start('cameras: []\n');
  }, 180_000);
  afterEach(() => {
    server.account = undefined;
    server.refuse = false;
  });
  afterAll(async () => {
    await site.remove();
    await publisher.stop();
    await server.stop();
  });

  it('is stalled within 3 s when packets stop though the connection stays, and well again when they come', async () => {
    await add('stalling', server.url(PATH));
    await site.becomes('stalling', { state: 'running' });
    server.freeze(PATH, true);
    const from = performance.now();
    await site.becomes('stalling', { state: 'stalled', reason: 'no_frames', running: true });
    inTime(performance.now() - from, 3_000);
    server.freeze(PATH, false);
    await site.becomes('stalling', { state: 'running', reason: null, restarts: 0 });
  }, 180_000);

  it('is degraded within 5 s when the picture freezes though packets come', async () => {
    const freezing = await RtspPublisher.start(server, '/freezing', freezingAfter(MOVES_FOR_S));
    const frozenAt = performance.now() + MOVES_FOR_S * 1_000;
    try {
      await add('freezing', server.url('/freezing'));
      await site.becomes('freezing', { state: 'running' });
      await site.becomes('freezing', { state: 'degraded', reason: 'frozen' });
      inTime(performance.now() - frozenAt, 5_000);
      expect(readFileSync(join(site.folder.dir, 'logs/events_record.jsonl'), 'utf8')).toMatch(/"type":"frozen"/);
      await site.call('POST', '/cameras/freezing/stop');
    } finally {
      await freezing.stop();
    }
  }, 180_000);

  it('waits and comes back after a dropped connection', async () => {
    await add('dropping', server.url(PATH));
    await site.becomes('dropping', { state: 'running' });
    server.refuse = true;
    server.dropPlayers(PATH);
    await site.becomes('dropping', { state: 'backoff', reason: 'ended', running: false, last_exit: 'code 25' });
    server.refuse = false;
    await site.becomes('dropping', { state: 'running', reason: null });
    expect((await site.status('dropping')).restarts).toBeGreaterThan(0);
  }, 180_000);

  it('is a refused password, asked for seldom and told to nobody', async () => {
    server.account = { scheme: 'Digest', user: 'admin', password: 'another' };
    await add('refused', server.url(PATH, `admin:${WRONG}`));
    await site.becomes('refused', { state: 'backoff', reason: 'auth_failed', running: false, pid: 0 });
    const asked = server.accepted;
    const answers = [
      await site.call('GET', '/cameras'),
      await site.call('POST', '/cameras/batch-status'),
      ...(await Promise.all(['status', 'stats', 'logs'].map((what) => site.call('GET', `/cameras/refused/${what}`)))),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain(WRONG);
    expect(JSON.stringify(answers.at(-1)?.body)).toContain('wrong user or password');
    // Longer than any first delay after a crash.
    await expect(eventually(() => server.accepted > asked, { within: 3_000 })).rejects.toThrow();
    const { status, bytes } = await site.preview('refused');
    expect([status, JSON.parse(bytes.toString())]).toMatchObject([502, { reason: 'auth_failed' }]);
    expect(bytes.toString()).not.toContain(WRONG);
    expect(filesWith(site.folder.dir, WRONG)).toEqual([]);
    expect(site.service.output).not.toContain(WRONG);
  }, 180_000);
});
