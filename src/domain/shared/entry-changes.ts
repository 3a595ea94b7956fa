import { type Json, type JsonObject, sameJson } from './json';

export interface FieldChange {
  readonly field: string;
  /** Absent when the field was not written. */
  readonly before?: Json;
  /** Absent when the field is no longer written. */
  readonly after?: Json;
}

/** One thing of a configuration that people edit in a file, such as a camera. Immutable: every change is a new entry. */
export interface ConfigEntry<Self> {
  readonly id: string;
  /** As they were written; `id` is one of them. */
  readonly fields: JsonObject;
  /** The same entry with these fields; itself if they do not differ. */
  with(fields: JsonObject, now: Date): Self;
}

/** The entries of a configuration in the database. */
export interface EntryRepository<E> {
  /** All entries in the order of the file. */
  all(): Promise<readonly E[]>;
  /**
   * Makes the table equal to `after`, given the changes that lead there, and whether entries that were there have
   * another place now.
   */
  apply(after: readonly E[], changes: readonly EntryChange[], isMoved?: boolean): Promise<void>;
}

/** What happened to one entry between two revisions. */
export interface EntryChange {
  readonly id: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly fields: readonly FieldChange[];
}

export const idOf = (fields: JsonObject): string => String(fields.id);

export const byId = (entries: readonly JsonObject[]): Map<string, JsonObject> =>
  new Map(entries.map((one) => [idOf(one), one]));

function fieldChanges(before: JsonObject, after: JsonObject): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !sameJson(before[field], after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** The changes that lead from one configuration to the next, in the order of the next; removals last. */
export function changesBetween(before: readonly JsonObject[], after: readonly JsonObject[]): EntryChange[] {
  const old = byId(before);
  const kept = byId(after);
  const present = after.flatMap((entry): EntryChange[] => {
    const id = idOf(entry);
    const was = old.get(id);
    if (was === entry) return [];
    const fields = fieldChanges(was ?? {}, entry);
    return fields.length === 0 ? [] : [{ id, kind: was ? 'changed' : 'added', fields }];
  });
  const removed = before
    .filter((entry) => !kept.has(idOf(entry)))
    .map((entry): EntryChange => ({ id: idOf(entry), kind: 'removed', fields: fieldChanges(entry, {}) }));
  return [...present, ...removed];
}

/**
 * The entries for a list of fields: known ones keep their times, changed ones get a new `updated_at`, new ones both.
 */
export function reconcile<E extends ConfigEntry<E>>(
  before: readonly E[],
  after: readonly JsonObject[],
  born: (fields: JsonObject) => E,
  now: Date,
): E[] {
  const known = new Map(before.map((c) => [c.id, c]));
  return after.map((fields) => known.get(idOf(fields))?.with(fields, now) ?? born(fields));
}

/** The configuration before a list of changes; the order of entries that come back is not restored. */
export function undo(entries: readonly JsonObject[], changes: readonly EntryChange[]): JsonObject[] {
  const state = byId(entries);
  for (const change of changes) {
    const fields: Record<string, Json> = { ...state.get(change.id) };
    for (const { field, before } of change.fields) {
      if (before === undefined) delete fields[field];
      else fields[field] = before;
    }
    if (change.kind === 'added') state.delete(change.id);
    else state.set(change.id, fields);
  }
  return [...state.values()];
}
