const PIXELS = 80 * 45;

/** All pixels the same, apart from the first few. */
export function picture(level: number, marked = 0, mark = 255): Uint8Array {
  return new Uint8Array(PIXELS).fill(level).fill(mark, 0, marked);
}

/** As a sensor in the dark sees it: each pixel a little off, each time differently. */
export function noisy(level: number, seed: number): Uint8Array {
  return picture(level).map((value, i) => value + (((i * 7_919 + seed * 104_729) % 13) % 5) - 2);
}
