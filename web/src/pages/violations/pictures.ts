import { send } from '../../api/client';
import { isProblem } from '../../api/problem';
import { Store } from '../../api/store';

/** A picture of a violation: decoded and ready to be painted, or why there is none. */
type Kept = { readonly bitmap: ImageBitmap } | { readonly problem: string; readonly isUnknown: boolean };

const WIDTH = 1_280;
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
    const response = await send(`/api/v1/records/violations/${id}/picture?w=${WIDTH}`, {});
    return { bitmap: await createImageBitmap(await response.blob()) };
  } catch (error) {
    // What did not answer may answer the next time it is looked at; a 404 says why and stays.
    if (!isProblem(error)) return undefined;
    return { problem: error.message, isUnknown: error.code === 'request.not_found' };
  }
}
