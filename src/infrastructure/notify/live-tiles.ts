import type { Log } from '../../application/shared/log';
import { isJsonObject } from '../../domain/shared/json';
import type { LivePictures, TilePicture } from './live-pictures';
import type { LiveClient } from './live-sockets';

/** Pictures wider than this are the whole ones. */
const SMALL_WIDTH = 640;
const MOST_TILES = 64;
const MOST_FPS = 10;
/** While a client has this many bytes waiting, it gets no picture. */
const MOST_WAITING_BYTES = 500_000;
const HEADER = 16;
/** A picture that comes a little early is shown, or five a second would become four. */
const EARLY_MS = 80;

interface Tile {
  readonly number: number;
  readonly id: string;
  readonly wide: boolean;
  readonly everyMs: number;
  /** The picture that is on its way or not drawn yet. */
  unacknowledged: number | undefined;
  /** Where the next one is put together: free again when the last one is acknowledged. */
  frame: Buffer;
  sentAt: number;
  takenAt: number;
  /** Whether one is being read, and whether a newer one came meanwhile. */
  reading: boolean;
  missed: boolean;
  readonly end: () => void;
}

interface Wall {
  readonly list: number;
  readonly tiles: readonly Tile[];
}

/** Sends each client the newest pictures of the cameras that it shows, one unacknowledged for each tile at most. */
export class LiveTiles {
  private readonly walls = new Map<LiveClient, Wall>();
  private seq = 0;

  constructor(
    private readonly pictures: Pick<LivePictures, 'follow' | 'newest' | 'whole'>,
    private readonly log: Log,
  ) {}

  /** Replaces the list of the cameras that a client shows. Answers why it is none. */
  watch(client: LiveClient, list: unknown): string | undefined {
    if (!Array.isArray(list) || list.length > MOST_TILES) return `tiles must be a list of at most ${MOST_TILES}`;
    const wanted = list.map(readTile);
    if (!wanted.every((tile) => tile !== undefined)) return 'each tile needs an id, w (pixels) and fps (0.1 to 10)';
    const before = this.walls.get(client);
    for (const tile of before?.tiles ?? []) tile.end();
    const number = ((before?.list ?? 0) + 1) % 65_536;
    const tiles = wanted.map(({ id, wide, everyMs }, i): Tile => {
      const tile: Tile = {
        number: i,
        id,
        wide,
        everyMs,
        unacknowledged: undefined,
        frame: Buffer.alloc(0),
        sentAt: Number.NEGATIVE_INFINITY,
        takenAt: 0,
        reading: false,
        missed: false,
        end: this.pictures.follow(id, () => this.offer(client, tile)),
      };
      return tile;
    });
    this.walls.set(client, { list: number, tiles });
    for (const tile of tiles) this.offer(client, tile);
    return undefined;
  }

  /** The picture is drawn: the tile may have the next one. */
  acknowledge(client: LiveClient, number: unknown, seq: unknown): void {
    const tile = typeof number === 'number' ? this.walls.get(client)?.tiles[number] : undefined;
    if (!tile || tile.unacknowledged !== seq) return;
    tile.unacknowledged = undefined;
    // It may have come too late for a picture that is there already.
    if (performance.now() - tile.sentAt > tile.everyMs) this.offer(client, tile);
  }

  leave(client: LiveClient): void {
    for (const tile of this.walls.get(client)?.tiles ?? []) tile.end();
    this.walls.delete(client);
  }

  private offer(client: LiveClient, tile: Tile): void {
    if (tile.reading) tile.missed = true;
    if (!this.mayHave(client, tile)) return;
    const unreadable = (error: unknown) =>
      this.log.warn('the picture of a camera cannot be read', { camera: tile.id, error });
    if (tile.wide) return void this.sendWhole(client, tile).catch(unreadable);
    try {
      this.send(client, tile, this.pictures.newest(tile.id));
    } catch (error) {
      unreadable(error);
    }
  }

  private async sendWhole(client: LiveClient, tile: Tile): Promise<void> {
    tile.reading = true;
    tile.missed = false;
    const picture = await this.pictures.whole(tile.id).finally(() => (tile.reading = false));
    this.send(client, tile, picture);
    if (tile.missed) this.offer(client, tile);
  }

  private send(client: LiveClient, tile: Tile, picture: TilePicture | undefined): void {
    const wall = this.walls.get(client);
    if (wall?.tiles[tile.number] !== tile || !picture || picture.takenAt <= tile.takenAt) return;
    this.seq = (this.seq + 1) % 4_294_967_296;
    tile.unacknowledged = this.seq;
    tile.sentAt = performance.now();
    tile.takenAt = picture.takenAt;
    client.write(framed(tile, picture, this.seq, wall.list), () => undefined, { binary: true });
  }

  private mayHave(client: LiveClient, tile: Tile): boolean {
    return (
      !tile.reading &&
      tile.unacknowledged === undefined &&
      client.waiting() < MOST_WAITING_BYTES &&
      performance.now() - tile.sentAt >= tile.everyMs - EARLY_MS
    );
  }
}

/** 16 bytes, then the JPEG: docs/live.md. */
function framed(tile: Tile, { jpeg, takenAt }: TilePicture, seq: number, list: number): Buffer {
  const length = HEADER + jpeg.length;
  if (tile.frame.length < length) tile.frame = Buffer.allocUnsafe(length * 2);
  const bytes = tile.frame.subarray(0, length);
  bytes.writeUInt16BE(tile.number, 0);
  bytes.writeDoubleBE(takenAt, 2);
  bytes.writeUInt32BE(seq, 10);
  bytes.writeUInt16BE(list, 14);
  bytes.set(jpeg, HEADER);
  return bytes;
}

function readTile(tile: unknown): { id: string; wide: boolean; everyMs: number } | undefined {
  if (!isJsonObject(tile)) return undefined;
  const { id, w = SMALL_WIDTH, fps = 1 } = tile;
  if (typeof id !== 'string' || id.length > 200 || typeof w !== 'number' || typeof fps !== 'number') return undefined;
  if (!(fps >= 0.1 && fps <= MOST_FPS)) return undefined;
  return { id, wide: w > SMALL_WIDTH, everyMs: 1_000 / fps };
}
