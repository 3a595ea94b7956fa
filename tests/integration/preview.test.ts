import { FrameGrabber } from '../../src/infrastructure/ffmpeg/frame-grabber';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { RtspPublisher } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';
import { childrenOf } from '../support/worker-run';

const PATH = '/live/1';
const ACCOUNT = { scheme: 'Digest', user: 'admin', password: 'p@ss/1' } as const;

describe('a picture straight from a camera', () => {
  const grabber = new FrameGrabber(process.env);
  let server: RtspServer;
  let publisher: RtspPublisher;
  let others: readonly number[];

  beforeAll(async () => {
    server = await RtspServer.start(ACCOUNT);
    publisher = await RtspPublisher.start(server, PATH);
    others = childrenOf(process.pid);
  });
  beforeEach(() => {
    server.mute = false;
  });
  afterAll(async () => {
    await publisher.stop();
    await server.stop();
  });

  const url = (path = PATH, password = 'p%40ss%2F1') => server.url(path, `admin:${password}`);
  const noneLeft = () =>
    eventually(() => {
      expect(server.players(PATH)).toBe(0);
      expect(childrenOf(process.pid)).toEqual(others);
    });

  it('is a whole JPEG, and its ffmpeg ends', async () => {
    const jpeg = Buffer.from((await grabber.grab(url(), 10_000)) ?? []);
    expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(jpeg.subarray(-2).toString('hex')).toBe('ffd9');
    expect(jpeg.length).toBeGreaterThan(3_000);
    await noneLeft();
  });

  it('comes small with what the stream is, and says when nothing runs any more', async () => {
    const over = jest.fn();
    const { jpeg, ...stream } = (await grabber.look(url(), 10_000, over)) ?? {};
    expect(Buffer.from(jpeg ?? []).toString('hex', 0, 2)).toBe('ffd8');
    expect(stream).toEqual({ codec: 'h264', width: 320, height: 180, fps: expect.anything() });
    await noneLeft();
    expect(over).toHaveBeenCalledTimes(1);
    await expect(grabber.look('rtsp://127.0.0.1:1/x', 10_000, over)).rejects.toMatchObject({ kind: 'source-failed' });
    await eventually(() => expect(over).toHaveBeenCalledTimes(2));
  });

  it('does not come in time from a camera that says nothing, and its ffmpeg ends', async () => {
    server.mute = true;
    const from = Date.now();
    expect(await grabber.grab(url(), 1_000)).toBeUndefined();
    inTime(Date.now() - from, 1_500);
    await noneLeft();
  });

  it.each([
    ['auth_failed', () => url(PATH, 'very-secret')],
    ['not_found', () => url('/other')],
    ['unreachable', () => 'rtsp://127.0.0.1:1/x'],
    ['unresolvable', () => 'rtsp://no-such-host.invalid/x'],
    ['not_a_video', () => '/etc'],
    ['not_a_video', () => 'file:///etc/passwd'],
    ['not_a_video', () => '/etc/passwd'],
    ['not_a_video', () => '-f'],
  ])('cannot come, and says why: %s', async (reason, source) => {
    const refusal = grabber.grab(source(), 10_000);
    await expect(refusal).rejects.toMatchObject({ kind: 'source-failed', details: { extra: { reason } } });
    await expect(refusal).rejects.not.toThrow(/secret|passwd|etc/);
    await noneLeft();
  });
});
