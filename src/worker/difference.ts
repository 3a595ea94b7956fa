export interface Difference {
  /** Mean of the differences of all pixels, 0 to 255. */
  readonly mean: number;
  /** Of the pixel that changed most. */
  readonly max: number;
  /** Share of the pixels that changed visibly, 0 to 1. */
  readonly changed: number;
}

/** More than noise and the encoder do to a pixel. */
const VISIBLE = 20;

/** Of two gray frames of the same size. */
export function difference(a: Uint8Array, b: Uint8Array): Difference {
  let [sum, max, changed] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const d = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    sum += d;
    if (d > max) max = d;
    if (d > VISIBLE) changed += 1;
  }
  const pixels = Math.max(1, a.length);
  return { mean: sum / pixels, max, changed: changed / pixels };
}
