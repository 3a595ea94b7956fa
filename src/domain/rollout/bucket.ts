/** Cohorts have a granularity of one basis point. */
export const BUCKETS = 10_000;

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

const mix = (k: number): number => {
  const a = Math.imul(k, C1);
  return Math.imul((a << 15) | (a >>> 17), C2);
};

/**
 * MurmurHash3 x86 32-bit (Austin Appleby, public domain) over UTF-16 code units, two per block, so that every unit of
 * any string counts. Unsigned 32-bit result.
 */
export function murmur3(key: string, seed: number): number {
  const units = key.length;
  let h = seed | 0;
  let i = 0;
  for (; i + 1 < units; i += 2) {
    h ^= mix(key.charCodeAt(i) | (key.charCodeAt(i + 1) << 16));
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  if (i < units) h ^= mix(key.charCodeAt(i));
  h ^= units * 2;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The seed of a group of operations: cohorts of different groups are independent, those of one group are the same. The
 * salt is part of the published vectors; this product draws every group once, without one.
 */
export const seedOf = (group: string, salt = ''): number => murmur3(`${group}#${salt}`, 0);

/** 0 … 9999. */
export const bucketOf = (key: string, seed: number): number => murmur3(key, seed) % BUCKETS;
