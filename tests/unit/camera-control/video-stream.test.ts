import type { Picture } from '../../../src/application/camera-control/camera-previews';
import { VideoStream } from '../../../src/application/camera-control/video-stream';
import { eventually } from '../../support/eventually';
import { rememberingLog } from '../../support/quiet-log';

const jpeg = (n: number) => Uint8Array.of(0xff, 0xd8, 0xff, n, 0xff, 0xd9);

function theatre() {
  const pictures = new Map<string, Picture>();
  const time = { now: 1_000 };
  let taken = 0;
  const put = async (id: string, bytes: Uint8Array) =>
    void pictures.set(id, { jpeg: bytes, takenAt: new Date((taken += 1)) });
  const shelf = { newest: async (id: string) => pictures.get(id), put };
  const stream = new VideoStream(
    shelf,
    async (id) => id === 'cam1',
    () => time.now,
    rememberingLog(),
  );
  const watch = (id = 'cam1', isQuick = true) => {
    const seen: number[] = [];
    const taking: (() => void)[] = [];
    const viewer = {
      ended: false,
      send: (bytes: Uint8Array, sent: () => void) => {
        seen.push(bytes[3] ?? -1);
        if (isQuick) sent();
        else taking.push(sent);
      },
      end: () => void (viewer.ended = true),
    };
    return { viewer, seen, take: () => taking.shift()?.(), leave: stream.join(id, viewer) };
  };
  return { stream, put, watch, time };
}

describe('the pictures of a camera', () => {
  it('come to a viewer at once, then each new one, once', async () => {
    const { stream, put, watch } = theatre();
    await put('cam1', jpeg(1));
    const one = watch();
    await eventually(() => expect(one.seen).toEqual([1]));
    await stream.look();
    const other = watch();
    await eventually(() => expect(other.seen).toEqual([1]));
    await put('cam1', jpeg(2));
    await stream.look();
    await stream.look();
    expect([one.seen, other.seen]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('are replaced by newer ones for a viewer that is slow, and it holds nobody up', async () => {
    const { stream, watch, time } = theatre();
    const [slow, quick] = [watch('cam1', false), watch()];
    for (const n of [1, 2, 3, 4]) await stream.push('cam1', jpeg(n));
    expect([slow.seen, quick.seen]).toEqual([[1], [1, 2, 3, 4]]);
    slow.take();
    expect(slow.seen).toEqual([1, 4]);
    expect(await stream.stats({})).toMatchObject({ frames_received: 4, frames_dropped: 2, frames_sent: 5 });
    time.now += 31_000;
    await stream.look();
    expect([slow.viewer.ended, quick.viewer.ended]).toEqual([true, false]);
  });

  it('are counted by camera, and no longer once everybody has left', async () => {
    const { stream, watch } = theatre();
    const [one, other] = [watch(), watch('cam2')];
    expect(await stream.stats({})).toMatchObject({
      total_connections: 2,
      active_cameras: 2,
      active_cameras_detail: { cam1: 1, cam2: 1 },
    });
    expect(await stream.status({ camera_id: 'cam1' })).toEqual({
      camera_id: 'cam1',
      has_clients: true,
      client_count: 1,
    });
    one.leave();
    other.leave();
    expect(await stream.stats({})).toMatchObject({ total_connections: 0, active_cameras_detail: {} });
  });

  it('are taken from detectors if they are pictures, and of a camera that exists', async () => {
    const { stream } = theatre();
    expect(await stream.push('cam1', jpeg(1))).toEqual({ ok: true, camera_id: 'cam1', size: 6 });
    for (const bytes of [[], [0xff, 0xd8], [1, 2, 3, 4, 5], [0xff, 0xd8, 0xff, 1, 2]])
      await expect(stream.push('cam1', Uint8Array.from(bytes))).rejects.toMatchObject({ code: 'video.not_a_jpeg' });
    await expect(stream.push('nobody', jpeg(1))).rejects.toMatchObject({ code: 'camera.not_found' });
  });

  it('that cannot be read are only missed', async () => {
    const fails = { newest: () => Promise.reject(new Error('EIO')), put: async () => undefined };
    const stream = new VideoStream(
      fails,
      async () => true,
      () => 0,
      rememberingLog(),
    );
    stream.join('cam1', { send: () => undefined, end: () => undefined });
    await expect(stream.look()).resolves.toBeUndefined();
  });
});
