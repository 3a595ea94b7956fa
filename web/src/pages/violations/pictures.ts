import { addressOf, call, send } from '../../api/client';
import { isProblem } from '../../api/problem';
import { Store } from '../../api/store';

/** A picture of a violation: decoded and ready to be painted, or why there is none. */
type Kept = { readonly bitmap: ImageBitmap } | { readonly problem: string };

const MOST = 24;

const pictures = new Map<number, Kept>();
const asked = new Set<number>();
/** Rises with every picture that arrives. */
export const arrivals = new Store(0);

export const pictureOf = (id: number): Kept | undefined => pictures.get(id);

function remember(id: number, kept: Kept): void {
  pictures.set(id, kept);
  for (const [old, picture] of pictures) {
    if (pictures.size <= MOST) break;
    if ('bitmap' in picture) picture.bitmap.close();
    pictures.delete(old);
  }
  arrivals.set(arrivals.get() + 1);
}

/** Loads and decodes ahead, so that the next picture is painted with the key. */
export function prefetch(ids: readonly number[]): void {
  for (const id of ids) {
    if (pictures.has(id) || asked.has(id)) continue;
    asked.add(id);
    void load(id).then((kept) => {
      asked.delete(id);
      if (kept) remember(id, kept);
    });
  }
}

async function load(id: number): Promise<Kept | undefined> {
  try {
    return { bitmap: await decoded(addressOf('records.picture', { violation_id: id })) };
  } catch (error) {
    // What did not answer may answer the next time it is looked at; a 404 says why and stays.
    if (!isProblem(error)) return undefined;
    return { problem: error.message };
  }
}

const decoded = async (address: string): Promise<ImageBitmap> =>
  createImageBitmap(await (await send(address, {})).blob());

/** The two seconds around the moment, ready to be played; empty where nothing was kept. */
export async function stripOf(id: number): Promise<readonly StripFrame[]> {
  const { frames } = await call('records.strip', { violation_id: id });
  return Promise.all(frames.map(async ({ href, offset_ms: offset }) => ({ bitmap: await decoded(href), offset })));
}

export interface StripFrame {
  readonly bitmap: ImageBitmap;
  /** Milliseconds after the moment. */
  readonly offset: number;
}
