import { type ConfigEntry, byId, idOf } from '../../domain/shared/entry-changes';
import { type JsonObject, sameJson } from '../../domain/shared/json';
import type { ConfigFormat, ConfigReading, ConfigFault, FaultyEntry } from './config-file';
import type { ConfigHead } from './configuration-publication';

/** A configuration that was in force, and its text read by the present rules. */
export interface Known {
  readonly entries: ReadonlyMap<string, JsonObject>;
  readonly reading: ConfigReading;
}

/** The result for a text: with an error in `faults` it is refused as a whole. */
export interface Admitted {
  /** Empty where the text is refused. */
  readonly entries: readonly JsonObject[];
  /** Items that stay in the text and are no entries of the configuration. */
  readonly quarantined: readonly FaultyEntry[];
  readonly faults: readonly ConfigFault[];
}

export const hasErrors = (faults: readonly ConfigFault[]): boolean => faults.some((f) => f.severity === 'error');

export const known = (entries: readonly JsonObject[], reading: ConfigReading): Known => ({
  entries: byId(entries),
  reading,
});

/**
 * Faulty entries are tolerated where they broke nothing: those of a first import (`before` undefined), and those that
 * were faulty already in one of the configurations that the text may have started from. They are stored only in the
 * text itself. One that was accepted and is faulty now refuses the whole text.
 */
export function admit(reading: ConfigReading, before: readonly Known[] | undefined): Admitted {
  const refused = new Set(reading.readable ? intolerable(reading, before) : reading.faulty);
  const quarantined = reading.faulty.filter((entry) => !refused.has(entry));
  const ofQuarantined = new Set(quarantined.flatMap((entry) => entry.faults));
  const accepted = reading.readable && refused.size === 0;
  if (!accepted) for (const entry of refused) for (const fault of entry.faults) ofQuarantined.delete(fault);
  const faults = reading.faults.filter((f) => !ofQuarantined.has(f) && (!accepted || f.severity === 'warning'));
  return { entries: accepted ? reading.entries : [], quarantined, faults };
}

/** The same, against the configuration in force as this process last saw it: for reads, which take no lock. */
export function admitNow<E extends ConfigEntry<E>>(
  text: string,
  head: ConfigHead<E> | undefined,
  format: ConfigFormat,
): Admitted {
  const reading = format.read(text);
  return admit(reading, reading.faulty.length === 0 || !head ? undefined : [knownOf(head, format)]);
}

export const knownOf = <E extends ConfigEntry<E>>({ entries, text }: ConfigHead<E>, format: ConfigFormat): Known =>
  known(
    entries.map((entry) => entry.fields),
    format.read(text),
  );

/** The quarantined entries of the configuration in force. */
export function quarantinedIn<E extends ConfigEntry<E>>(
  head: ConfigHead<E>,
  format: ConfigFormat,
): readonly FaultyEntry[] {
  const { faulty } = format.read(head.text);
  return faulty.length === 0 ? [] : quarantinedBy(knownOf(head, format));
}

/** The faulty entries, except those that less strict rules once accepted. */
function quarantinedBy({ entries, reading }: Known): readonly FaultyEntry[] {
  const read = new Set(reading.entries.map(idOf));
  return reading.faulty.filter(({ id }) => id === undefined || !entries.has(id) || read.has(id));
}

function intolerable(reading: ConfigReading, before: readonly Known[] | undefined): readonly FaultyEntry[] {
  if (!before || reading.faulty.length === 0) return [];
  const found = before.map((one) => newlyFaulty(reading, one));
  return found.find((entries) => entries.length === 0) ?? found[0] ?? [];
}

/**
 * An entry is recognised by its content, else by its id. Any other counts as a known one that was edited, if as many
 * known ones are missing and none that was accepted is missing that it could have been.
 */
function newlyFaulty(reading: ConfigReading, before: Known): readonly FaultyEntry[] {
  const tolerated = quarantinedBy(before);
  const byContent = matched(tolerated, reading.faulty, ({ content }) => content);
  const { before: missing, now: fresh } = matched(byContent.before, byContent.now, ({ id }) =>
    id === undefined || before.entries.has(id) ? undefined : id,
  );
  const present = byId(reading.entries);
  const added = [...present.keys()].filter((id) => !before.entries.has(id)).length;
  const isAnyMissing = [...before.entries.keys()].some((id) => !present.has(id));
  // Where two entries have one id and the accepted one became faulty, the other must not take its place.
  const isReplaced = ({ id = '' }: FaultyEntry) => !sameJson(before.entries.get(id), present.get(id));
  const wereEdited = !isAnyMissing && !fresh.some(isReplaced) && fresh.length <= missing.length - added;
  return wereEdited ? [] : fresh;
}

/** The entries on either side that have no counterpart with the same key. */
function matched(
  before: readonly FaultyEntry[],
  now: readonly FaultyEntry[],
  keyOf: (entry: FaultyEntry) => string | undefined,
) {
  const free = new Map<string, FaultyEntry[]>();
  for (const entry of before) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    const same = free.get(key);
    if (same) same.push(entry);
    else free.set(key, [entry]);
  }
  const taken = new Set<FaultyEntry>();
  const left = now.filter((entry) => {
    const found = free.get(keyOf(entry) ?? '')?.pop();
    if (found) taken.add(found);
    return found === undefined;
  });
  return { before: before.filter((entry) => !taken.has(entry)), now: left };
}
