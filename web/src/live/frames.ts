import { live } from './connection';

/** One picture of a camera, as it came. */
interface Frame {
  readonly bitmap: ImageBitmap;
  readonly takenAt: number;
}

interface Tile {
  readonly id: string;
  readonly width: number;
  readonly fps: number;
  readonly draw: (frame: Frame) => void;
}

const HEAD_BYTES = 16;
const MOST_TILES = 64;
const LIST_NUMBERS = 65_536;

const tiles = new Set<Tile>();
let listed: readonly Tile[] = [];
let list = 0;
let isPlanned = false;

/** The whole list goes to the service whenever it changes, once for all changes of a moment. */
function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  queueMicrotask(() => {
    isPlanned = false;
    listed = document.hidden ? [] : [...tiles].slice(0, MOST_TILES);
    if (live.send({ type: 'watch', tiles: listed.map(({ id, width, fps }) => ({ id, w: width, fps })) })) list += 1;
  });
}

live.onOpen.add(() => {
  list = 0;
  plan();
});
document.addEventListener('visibilitychange', plan);

/** Pictures of a camera until the returned function is called; only for what can be seen. */
export function watchFrames(tile: Tile): () => void {
  tiles.add(tile);
  plan();
  return () => {
    tiles.delete(tile);
    plan();
  };
}

live.onFrame = (data) => {
  const head = new DataView(data, 0, HEAD_BYTES);
  const [tile, takenAt, seq] = [head.getUint16(0), head.getFloat64(2), head.getUint32(10)];
  // A picture of an earlier list: its number means another tile now.
  const target = head.getUint16(14) === list % LIST_NUMBERS ? listed[tile] : undefined;
  if (!target) return;
  void createImageBitmap(new Blob([new Uint8Array(data, HEAD_BYTES)], { type: 'image/jpeg' })).then(
    (bitmap) => {
      target.draw({ bitmap, takenAt });
      live.send({ type: 'ack', tile, seq });
    },
    // Half a picture, from a worker that was killed while writing it: the next one comes after the acknowledgement.
    () => live.send({ type: 'ack', tile, seq }),
  );
};
