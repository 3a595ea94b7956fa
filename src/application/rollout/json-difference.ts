import { type Json, canonicalJson, isJsonObject, sameJson } from '../../domain/shared/json';

export interface Difference {
  /** https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer: string;
  /** `undefined` where the member is absent. */
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

const MAX_DIFFERENCES = 20;

const escape = (member: string): string => member.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * Where two values differ, outermost difference first; pointers that match `mayDiffer` (with `*` for any member) are
 * left out. Items of a list that have an `id` are compared with the item of the same id, which stands in the pointer in
 * place of the index: one more item at the top of one list does not make the others differ. In other lists each item
 * that is missing in the other list is a difference, with `*` in its pointer.
 */
export function differences(left: Json, right: Json, mayDiffer: readonly string[]): Difference[] {
  const patterns = mayDiffer.map(
    (p) =>
      new RegExp(
        `^${p
          .split('/')
          .map((s) => (s === '*' ? '[^/]*' : s.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
          .join('/')}$`,
      ),
  );
  const found: Difference[] = [];
  /** Items are compared as a whole where nothing in them may differ. */
  const declaredIn = (pointer: string) => mayDiffer.some((p) => p.startsWith(`${pointer}/`) || p.includes('*'));
  const walk = (l: Json | undefined, r: Json | undefined, pointer: string): void => {
    if (found.length >= MAX_DIFFERENCES || sameJson(l, r) || patterns.some((p) => p.test(pointer))) return;
    if (Array.isArray(l) && Array.isArray(r) && !(hasIds(l) && hasIds(r)) && !declaredIn(pointer))
      return void found.push(...itemsApart(l, r, pointer));
    const [lm, rm] = membersOf(l, r);
    if (!lm || !rm) {
      found.push({ pointer, left: l, right: r });
      return;
    }
    for (const name of new Set([...lm.keys(), ...rm.keys()]))
      walk(lm.get(name), rm.get(name), `${pointer}/${escape(name)}`);
    const [lo, ro] = [inBoth(lm, rm), inBoth(rm, lm)];
    if (Array.isArray(l) && lo.join('\n') !== ro.join('\n')) found.push({ pointer, left: lo, right: ro });
  };
  walk(left, right, '');
  return found;
}

/** Items of each list that are missing in the other; where both have the same ones, the order. */
function itemsApart(left: readonly Json[], right: readonly Json[], pointer: string): Difference[] {
  const without = (items: readonly Json[], others: readonly Json[]) => {
    const rest = new Map<string, number>();
    for (const item of others) rest.set(canonicalJson(item), (rest.get(canonicalJson(item)) ?? 0) + 1);
    return items.filter((item) => {
      const key = canonicalJson(item);
      const left = rest.get(key) ?? 0;
      rest.set(key, left - 1);
      return left <= 0;
    });
  };
  const apart = [
    ...without(left, right).map((item) => ({ pointer: `${pointer}/*`, left: item, right: undefined })),
    ...without(right, left).map((item) => ({ pointer: `${pointer}/*`, left: undefined, right: item })),
  ];
  return apart.length > 0 ? apart.slice(0, MAX_DIFFERENCES) : [{ pointer, left, right }];
}

type Members = ReadonlyMap<string, Json>;

/** The members of two objects or two lists; undefined for other values, or for values of two kinds. */
function membersOf(l: Json | undefined, r: Json | undefined): readonly [Members?, Members?] {
  if (isJsonObject(l) && isJsonObject(r)) return [new Map(Object.entries(l)), new Map(Object.entries(r))];
  if (!Array.isArray(l) || !Array.isArray(r)) return [];
  return hasIds(l) && hasIds(r) ? [byId(l), byId(r)] : [byIndex(l), byIndex(r)];
}

const idOf = (item: Json): string | undefined =>
  isJsonObject(item) && (typeof item.id === 'string' || typeof item.id === 'number') ? String(item.id) : undefined;

const hasIds = (items: readonly Json[]): boolean =>
  new Set(items.map(idOf)).size === items.length && items.every((item) => idOf(item) !== undefined);

const byId = (items: readonly Json[]): Members => new Map(items.map((item) => [idOf(item) ?? '', item]));
const byIndex = (items: readonly Json[]): Members => new Map(items.map((item, i) => [String(i), item]));
const inBoth = (of: Members, other: Members): string[] => [...of.keys()].filter((name) => other.has(name));

/** Differences that appear both times, with the same values. What changed in between is the fault of neither path. */
export const lasting = (before: readonly Difference[], after: readonly Difference[]): Difference[] =>
  after.filter((d) =>
    before.some(
      (b) =>
        b.pointer === d.pointer &&
        differences([b.left ?? null, b.right ?? null], [d.left ?? null, d.right ?? null], []).length === 0,
    ),
  );
