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

/** Something wrong (`error`: the file is refused) or suspicious (`warning`: it is accepted) at a place in the file. */
export interface ConfigFault {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** E.g. `cameras[2].fps`; empty for the file as a whole. */
  readonly path: string;
  /** `syntax`, `duplicate_id`, `unknown_field` or a type of the domain's rules. */
  readonly type: string;
  /** Never quotes a value. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly suggestion?: string;
}

/** An item of the list that is no entry of the configuration, because it breaks a rule. */
export interface FaultyEntry {
  /** Absent where it has no valid id. */
  readonly id?: string;
  /** Its settings, as far as they can be read; secrets are not masked. */
  readonly fields: JsonObject;
  readonly line: number;
  readonly column: number;
  /** The faults of this entry, errors and warnings. */
  readonly faults: readonly ConfigFault[];
  /** Equal for entries of equal content, whatever their place and layout. */
  readonly content: string;
}

export interface ConfigReading {
  /** Those without an error, in file order; empty when the document itself cannot be used. */
  readonly entries: readonly JsonObject[];
  /** Those with an error, in file order. */
  readonly faulty: readonly FaultyEntry[];
  /** Whether every error belongs to one of the entries: the document around them can be used. */
  readonly readable: boolean;
  /** Every fault, those of entries included, in file order. */
  readonly faults: readonly ConfigFault[];
}

/**
 * One change of the text. `set` gives the new value per field; `undefined` removes the key. Adding an entry whose id a
 * faulty entry has corrects that entry in its place; removing an id removes every entry that has it.
 */
export type ConfigEdit =
  | { readonly kind: 'add'; readonly fields: JsonObject }
  | { readonly kind: 'set'; readonly id: string; readonly fields: Readonly<Record<string, Json | undefined>> }
  | { readonly kind: 'remove'; readonly id: string };

/** The text form of a configuration: `config/cameras.yaml`, `config/regions.json`. */
export interface ConfigFormat {
  read(text: string): ConfigReading;
  /**
   * The text with only the named values changed; everything else (in YAML: every byte) and faulty entries stay. The
   * result reads back as exactly the requested entries, or a `DomainError` `…_config.not_editable` (conflict) is thrown.
   */
  edit(text: string, edits: readonly ConfigEdit[]): string;
  /** The text with every secret (credentials in sources, values of `env`, values under secret-looking keys) masked. */
  mask(text: string): string;
}

/** The bytes of the file at one moment. */
export interface FileText {
  readonly text: string;
  /** Lower-case hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
  readonly modifiedAt: Date;
}

/** A staged text: complete, fsynced, next to the file. */
export interface StagedText {
  /**
   * Renames it over the file, unless the file's hash is no longer `expected` (undefined: no file): then nothing happens
   * and the answer is false.
   */
  replace(expected: string | undefined): Promise<boolean>;
  discard(): Promise<void>;
}

/** A save in place that was still in progress when the file was replaced: it went into the replaced text. */
export interface LateSave {
  readonly text: string;
  /** SHA-256 of the text it changed. */
  readonly base: string;
}

/** The file of a configuration on disk. Every fault of the disk is an `Unavailable` with effect `rolled-back`. */
export interface ConfigFile {
  /** Undefined when there is no such file. Throws `…_config.file_unreadable`. */
  read(): Promise<FileText | undefined>;
  /** As `read`, but waits until a writer in progress has finished. */
  readStable(): Promise<FileText | undefined>;
  /** `sha256`: that of the text, where it is known. */
  stage(text: string, sha256?: string): Promise<StagedText>;
  /** Keeps a copy of the present text next to the file, for a person to look at, and answers its name. */
  moveAway(): Promise<string>;
  /**
   * The save that missed the file's last replacement, if there was one; call `forgetLateSave` once it is reconciled.
   */
  lateSave(): Promise<LateSave | undefined>;
  forgetLateSave(): Promise<void>;
  /** Removes what crashed writers left next to the file; only under the site's lock. */
  sweep(): Promise<void>;
}
