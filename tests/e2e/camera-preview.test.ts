import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { RtspPublisher } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';

const PATH = '/live/1';
const AT_ONCE = 50;
/** The camera has four seconds; the rest is for the way. */
const IN_TIME_MS = 5_000;

describe('the preview', () => {
  let server: RtspServer;
  let publisher: RtspPublisher;
  let site: CameraSite;

  beforeAll(async () => {
    server = await RtspServer.start();
    publisher = await RtspPublisher.start(server, PATH);
    const entry = (id: string, more = '') => `  - {id: ${id}, name: ${id}, source: '${server.url(PATH)}'${more}}\n`;
    site = await CameraSite.start(
      `cameras:\n${entry('cold', ', active: false')}${entry('warm', ', auto_start: true')}`,
    );
  }, 180_000);
  beforeEach(() => {
    server.mute = false;
  });
  afterAll(async () => {
    await site.remove();
    await publisher.stop();
    await server.stop();
  });

  const isPicture = (bytes: Buffer) => [bytes.toString('hex', 0, 2), bytes.toString('hex', bytes.length - 2)];

  it('takes at most 3 s from a camera that is not running, inactive even', async () => {
    const { status, bytes, took } = await site.preview('cold');
    expect([status, ...isPicture(bytes)]).toEqual([200, 'ffd8', 'ffd9']);
    inTime(took, 3_000);
  });

  it(`makes one connection for ${AT_ONCE} at once`, async () => {
    const before = server.accepted;
    const all = await Promise.all(Array.from({ length: AT_ONCE }, () => site.preview('cold')));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(all.map(({ bytes }) => bytes.toString('base64'))).size).toBe(1);
    expect(server.accepted - before).toBe(1);
  });

  it('takes at most 200 ms and no connection from a camera that is running', async () => {
    await site.becomes('warm', { state: 'running' });
    const before = server.accepted;
    const all = [await site.preview('warm'), await site.preview('warm'), await site.preview('warm')];
    for (const { status, bytes, headers, took } of all) {
      expect([status, ...isPicture(bytes)]).toEqual([200, 'ffd8', 'ffd9']);
      inTime(took, 200);
      expect(Number(headers.get('x-frame-age'))).toBeLessThan(2);
    }
    expect(server.accepted).toBe(before);
  }, 180_000);

  it('is 504 in time from a camera that takes the connection and says nothing', async () => {
    server.mute = true;
    const { status, bytes, headers, took } = await site.preview('cold');
    expect([status, JSON.parse(bytes.toString())]).toMatchObject([504, { code: 'camera.source_silent' }]);
    expect(headers.get('x-last-frame-age')).toBeNull();
    inTime(took, IN_TIME_MS);
  }, 180_000);

  it('says then how old the last picture is, where there was one', async () => {
    await site.call('POST', '/cameras/warm/stop');
    server.mute = true;
    const { since } = await site.status('warm');
    await eventually(() => Date.now() - Date.parse(since) > 2_000);
    const { status, headers } = await site.preview('warm');
    expect(status).toBe(504);
    expect(Number(headers.get('x-last-frame-age'))).toBeGreaterThan(2);
  }, 180_000);

  it('is refused for a camera that nobody knows', async () => {
    expect((await site.preview('nobody')).status).toBe(404);
  });
});
