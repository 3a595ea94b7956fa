import { type EntryChange, byId, changesBetween, idOf, undo } from './entry-changes';
import { type Json, type JsonObject, sameJson } from './json';

/** A revision that a person's edit may have started from. */
export interface RecentRevision {
  /** What it changed. */
  readonly changes: readonly EntryChange[];
  /** Milliseconds between its arrival in the file and the edit; negative when it came later. */
  readonly ageAtEdit: number;
}

/** A program reads, changes and writes the file within this time; a person's editor warns about anything older. */
const STALE_SAVE_MS = 3_000;

const distance = (a: readonly JsonObject[], b: readonly JsonObject[]): number =>
  changesBetween(a, b).reduce((sum, change) => sum + Math.max(change.fields.length, 1), 0);

/**
 * The configuration an edit of the file started from. Normally the newest revision; but a save may have been prepared
 * from the text before it, and taking that as "remove what came since" would lose acknowledged changes. So among
 * revisions so young that the editor may have missed them, the one closest to the edit is the base. A file that
 * equals an older configuration exactly is a deliberate return to it, not a late save.
 */
export function commonBase(
  file: readonly JsonObject[],
  head: readonly JsonObject[],
  newestFirst: readonly RecentRevision[],
): readonly JsonObject[] {
  let best = { base: head, distance: distance(head, file) };
  let candidate = head;
  for (const revision of newestFirst) {
    if (revision.ageAtEdit > STALE_SAVE_MS || best.distance <= 1) break;
    candidate = undo(candidate, revision.changes);
    const d = distance(candidate, file);
    if (d === 0) return head;
    if (d < best.distance) best = { base: candidate, distance: d };
  }
  return best.base;
}

function mergeEntry(base: JsonObject, file: JsonObject, ours: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...ours };
  for (const { field, after } of changesBetween([base], [file])[0]?.fields ?? []) {
    if (after === undefined) delete merged[field];
    else merged[field] = after;
  }
  return sameJson(merged, file) ? file : merged;
}

/**
 * Three-way merge, entry by entry and field by field: what the edit changed since its base wins, everything else is
 * as in `ours`. An entry that the edit removed but that changed since stays: losing a change is worse than retaining an
 * entry.
 */
export function mergeFileEdit(
  base: readonly JsonObject[],
  file: readonly JsonObject[],
  ours: readonly JsonObject[],
): JsonObject[] {
  const [was, mine, theirs] = [byId(base), byId(ours), byId(file)];
  const fromFile = file.flatMap((entry): JsonObject[] => {
    const [before, current] = [was.get(idOf(entry)), mine.get(idOf(entry))];
    if (!before) return [current ? mergeEntry({}, entry, current) : entry];
    if (!current) return sameJson(before, entry) ? [] : [entry];
    return [mergeEntry(before, entry, current)];
  });
  const since = ours.filter((c) => !theirs.has(idOf(c)) && !sameJson(c, was.get(idOf(c))));
  return [...fromFile, ...since];
}
