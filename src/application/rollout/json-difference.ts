import { isJsonObject, type Json, sameJson } from '../../domain/shared/json';

export interface Difference {
  /** https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer: string;
  /** `undefined` where the member is absent. */
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

const MAX_DIFFERENCES = 20;

const escape = (member: string): string => member.replaceAll('~', '~0').replaceAll('/', '~1');

/** Where two values differ, outermost difference first; pointers that match `mayDiffer` (with `*` for any member) are left out. */
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
  const walk = (l: Json | undefined, r: Json | undefined, pointer: string): void => {
    if (found.length >= MAX_DIFFERENCES || sameJson(l, r) || patterns.some((p) => p.test(pointer))) return;
    const [lm, rm] = [members(l), members(r)];
    if (!lm || !rm || Array.isArray(l) !== Array.isArray(r)) {
      found.push({ pointer, left: l, right: r });
      return;
    }
    for (const name of new Set([...lm.keys(), ...rm.keys()]))
      walk(lm.get(name), rm.get(name), `${pointer}/${escape(name)}`);
  };
  walk(left, right, '');
  return found;
}

/** Differences that are there both times, with the same values. What changed in between is none of the two paths. */
export const lasting = (before: readonly Difference[], after: readonly Difference[]): Difference[] =>
  after.filter((d) =>
    before.some(
      (b) =>
        b.pointer === d.pointer &&
        differences([b.left ?? null, b.right ?? null], [d.left ?? null, d.right ?? null], []).length === 0,
    ),
  );

function members(value: Json | undefined): Map<string, Json> | undefined {
  if (Array.isArray(value)) return new Map(value.map((item: Json, i) => [String(i), item]));
  return isJsonObject(value) ? new Map(Object.entries(value)) : undefined;
}
