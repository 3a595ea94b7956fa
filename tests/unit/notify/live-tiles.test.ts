import type { LiveClient } from '../../../src/infrastructure/notify/live-sockets';
import type { TilePicture } from '../../../src/infrastructure/notify/live-pictures';
import { LiveTiles } from '../../../src/infrastructure/notify/live-tiles';
import { rememberingLog } from '../../support/quiet-log';

/** Cameras whose pictures a test takes. */
class Cameras {
  readonly newestOf = new Map<string, TilePicture>();
  private readonly followers = new Map<string, Set<() => void>>();

  follow(id: string, tell: () => void): () => void {
    const all = this.followers.get(id) ?? new Set();
    this.followers.set(id, all.add(tell));
    return () => void all.delete(tell);
  }

  newest(id: string): TilePicture | undefined {
    return this.newestOf.get(id);
  }

  async whole(id: string): Promise<TilePicture | undefined> {
    await new Promise(setImmediate);
    return this.newestOf.get(id);
  }

  async take(id: string, takenAt: number): Promise<void> {
    this.newestOf.set(id, { jpeg: Buffer.from(`${id} at ${takenAt}`), takenAt });
    for (const tell of this.followers.get(id) ?? []) tell();
    await new Promise(setImmediate);
  }

  followersOf = (id: string): number => this.followers.get(id)?.size ?? 0;
}

function viewer(waiting = () => 0) {
  const got: { tile: number; takenAt: number; seq: number; list: number; text: string }[] = [];
  const client: LiveClient = {
    query: new URLSearchParams(),
    send: () => undefined,
    waiting,
    write: (bytes) =>
      void got.push({
        tile: bytes.readUInt16BE(0),
        takenAt: bytes.readDoubleBE(2),
        seq: bytes.readUInt32BE(10),
        list: bytes.readUInt16BE(14),
        text: bytes.toString('utf8', 16),
      }),
  };
  return { client, got };
}

describe('the tiles of a wall', () => {
  let cameras: Cameras;
  let tiles: LiveTiles;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    cameras = new Cameras();
    tiles = new LiveTiles(cameras, rememberingLog());
  });
  afterEach(() => jest.useRealTimers());

  it('get a picture at once, and the next one when the last is drawn', async () => {
    const { client, got } = viewer();
    await cameras.take('gate', 1_000);
    expect(
      tiles.watch(client, [
        { id: 'dock', fps: 5 },
        { id: 'gate', fps: 5 },
      ]),
    ).toBeUndefined();
    await new Promise(setImmediate);
    expect(got).toEqual([{ tile: 1, takenAt: 1_000, seq: 1, list: 1, text: 'gate at 1000' }]);
    for (let at = 1_200; at <= 3_000; at += 200) {
      jest.advanceTimersByTime(200);
      await cameras.take('gate', at);
    }
    expect(got).toHaveLength(1);
    tiles.acknowledge(client, 1, 99);
    tiles.acknowledge(client, 1, 1);
    await new Promise(setImmediate);
    expect(got.slice(1)).toEqual([{ tile: 1, takenAt: 3_000, seq: 2, list: 1, text: 'gate at 3000' }]);
  });

  it('get no more pictures a second than they asked for', async () => {
    const { client, got } = viewer();
    tiles.watch(client, [{ id: 'gate', fps: 1 }]);
    for (let at = 200; at <= 10_000; at += 200) {
      jest.advanceTimersByTime(200);
      await cameras.take('gate', at);
      if (got.length > 0) tiles.acknowledge(client, 0, got.at(-1)?.seq);
      await new Promise(setImmediate);
    }
    expect(got.length).toBeGreaterThanOrEqual(9);
    expect(got.length).toBeLessThanOrEqual(11);
  });

  it('show whole pictures where they are wide, the newest of those that came while one was read', async () => {
    const { client, got } = viewer();
    await cameras.take('gate', 1);
    tiles.watch(client, [{ id: 'gate', fps: 5, w: 1_280 }]);
    void cameras.take('gate', 2);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(got.map(({ takenAt }) => takenAt)).toEqual([2]);
  });

  it('go on when a picture cannot be read, which is logged', async () => {
    const { client, got } = viewer();
    cameras.newest = () => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    };
    const log = rememberingLog();
    tiles = new LiveTiles(cameras, log);
    expect(tiles.watch(client, [{ id: 'gate', fps: 5 }])).toBeUndefined();
    expect(log.lines).toEqual([expect.stringContaining('the picture of a camera cannot be read')]);
    expect(got).toEqual([]);
  });

  it('cost nothing when they are no longer shown', async () => {
    const { client, got } = viewer();
    tiles.watch(client, [{ id: 'gate', fps: 5 }]);
    tiles.watch(client, [{ id: 'dock', fps: 5 }]);
    expect([cameras.followersOf('gate'), cameras.followersOf('dock')]).toEqual([0, 1]);
    await cameras.take('dock', 5);
    expect(got.map(({ list }) => list)).toEqual([2]);
    tiles.leave(client);
    expect(cameras.followersOf('dock')).toBe(0);
  });

  it('wait while the client has too much to take', async () => {
    const { client, got } = viewer(() => 600_000);
    tiles.watch(client, [{ id: 'gate', fps: 5 }]);
    await cameras.take('gate', 1);
    expect(got).toEqual([]);
  });

  it.each([
    ['no list', 'gate'],
    ['too many', Array.from({ length: 65 }, () => ({ id: 'gate' }))],
    ['no id', [{ w: 640 }]],
    ['no rate', [{ id: 'gate', fps: 0 }]],
    ['too quick', [{ id: 'gate', fps: 1_000 }]],
  ])('are refused: %s', (_what, list) => {
    expect(tiles.watch(viewer().client, list)).toMatch(/tile/);
  });
});
