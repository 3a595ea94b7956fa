import type { ConfigEntry } from '../../domain/shared/entry-changes';
import type { Json, JsonObject } from '../../domain/shared/json';

/** What a configuration consists of; its error codes are `<noun>.…` and `<noun>_config.…`. */
export type ConfigNoun = 'camera' | 'region';

/** What one configuration has of its own; all else is the same protocol for all. */
export interface ConfigKind<E extends ConfigEntry<E>> {
  readonly noun: ConfigNoun;
  /** The text of a site without a file. */
  readonly empty: string;
  /** What to do about a file with faults. */
  readonly mend: string;
  /** An entry that was accepted before. */
  restore(fields: JsonObject, createdAt: Date, updatedAt: Date): E;
  /** A value as answers may show it. */
  shown(field: string, value: Json): Json;
}
