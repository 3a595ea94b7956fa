import { type ConfigEntry, type EntryChange, changesBetween } from '../../domain/shared/entry-changes';
import { DomainError } from '../../domain/shared/domain-error';
import { type Json, type JsonObject, sameJson } from '../../domain/shared/json';
import type { ConfigKind } from './config-file';

/** An item of the file that is no entry of the configuration yet, because it has faults. */
export interface Quarantined {
  /** Absent where it has no valid id. */
  readonly id?: string;
  readonly fields: JsonObject;
}

/** The configuration that changes are decided on: its entries, and the quarantined items. */
export interface EntrySet<E> {
  readonly entries: readonly E[];
  readonly quarantined: readonly Quarantined[];
}

/** Times of what is not stored: an entry gets its own when it is. */
export const NEVER = new Date(0);

/** The changes of one entry that a configuration knows, as pure functions of the whole. */
export class EntryEdits<E extends ConfigEntry<E>> {
  constructor(private readonly kind: ConfigKind<E>) {}

  /** Throws `….not_found`. */
  find(entries: readonly E[], id: string): E {
    const { noun } = this.kind;
    const entry = entries.find((one) => one.id === id);
    if (!entry) throw new DomainError(`${noun}.not_found`, `There is no ${noun} "${id}".`, { params: { id } });
    return entry;
  }

  /** Throws `….exists`. */
  add({ entries, quarantined }: EntrySet<E>, entry: E): EntrySet<E> {
    const { noun } = this.kind;
    if (entries.some(({ id }) => id === entry.id)) {
      throw new DomainError(`${noun}.exists`, `There is a ${noun} "${entry.id}" already.`, {
        params: { id: entry.id },
      });
    }
    if (quarantined.some(({ id }) => id === entry.id)) {
      const message =
        `The ${noun}s file has an entry "${entry.id}" already, which is quarantined for its faults: ` +
        'correct it with PUT, or remove it with DELETE.';
      throw new DomainError(`${noun}.exists`, message, { params: { id: entry.id } });
    }
    return { entries: [...entries, entry], quarantined };
  }

  /** Every entry of this id; throws `….not_found` if there is none, not even a quarantined one. */
  remove({ entries, quarantined }: EntrySet<E>, id: string): EntrySet<E> {
    const others = quarantined.filter((item) => item.id !== id);
    if (others.length === quarantined.length) this.find(entries, id);
    return { entries: entries.filter((one) => one.id !== id), quarantined: others };
  }

  /**
   * Replaces an entry by its changed self; a quarantined item becomes an entry. `unseen` are changes of the file that
   * the caller could not have known of: where both changed the same field to different values, `….conflict` carries
   * both.
   */
  replace(
    { entries, quarantined }: EntrySet<E>,
    id: string,
    to: (entry: E) => E,
    unseen: readonly EntryChange[],
  ): EntrySet<E> {
    const item = entries.some((one) => one.id === id) ? undefined : quarantined.find((one) => one.id === id);
    if (item) {
      const corrected = to(this.kind.restore(item.fields, NEVER, NEVER));
      return { entries: [...entries, corrected], quarantined: quarantined.filter((one) => one !== item) };
    }
    const entry = this.find(entries, id);
    const changed = to(entry);
    this.refuseConflicts(entry, changed, unseen);
    return { entries: entries.map((one) => (one === entry ? changed : one)), quarantined };
  }

  private refuseConflicts(entry: E, changed: E, unseen: readonly EntryChange[]): void {
    const theirs = unseen.find((change) => change.id === entry.id)?.fields ?? [];
    const ours = changesBetween([entry.fields], [changed.fields])[0]?.fields ?? [];
    const conflicts = ours.flatMap((mine) => {
      const other = theirs.find((change) => change.field === mine.field);
      if (!other || sameJson(other.after, mine.after)) return [];
      const shown = (value: Json | undefined) => (value === undefined ? null : this.kind.shown(mine.field, value));
      return [{ field: mine.field, common: shown(other.before), file: shown(other.after), api: shown(mine.after) }];
    });
    if (conflicts.length === 0) return;
    const { noun } = this.kind;
    const names = conflicts.map((c) => c.field).join(', ');
    throw new DomainError(
      `${noun}.conflict`,
      `The ${noun}s file was edited meanwhile and also changed ${names} of "${entry.id}": read the ${noun} again and decide.`,
      { params: { id: entry.id }, extra: { conflicts } },
    );
  }
}
