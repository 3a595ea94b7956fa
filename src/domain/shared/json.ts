export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equality of two JSON values; the order of an object's keys does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && sameJson(a[k], b[k]));
}

const MAX_DEPTH = 20;
const MAX_NODES = 10_000;

/**
 * Whether a value is small enough to be walked recursively: at most 20 levels and 10,000 nodes.
 * Shared references count each time they are met, so an alias bomb is found after 10,000 steps, not expanded.
 */
export function isBounded(value: Json): boolean {
  let nodes = 0;
  const fits = (v: Json, depth: number): boolean => {
    nodes += 1;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) return false;
    if (typeof v !== 'object' || v === null) return true;
    return Object.values(v).every((child: Json) => fits(child, depth + 1));
  };
  return fits(value, 0);
}
