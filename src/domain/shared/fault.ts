/** Values that a sentence names, such as a limit. Never a value that was sent: it may be a secret. */
export type Params = Readonly<Record<string, string | number | readonly string[]>>;

/** One thing wrong with one value; several faults are reported together. Never quotes the value: it may be a secret. */
export interface Fault {
  /** Where: keys and indexes from the outermost object, e.g. `['env', 'TOKEN']`. */
  readonly path: readonly (string | number)[];
  /** A sentence that says what is wrong and what would be right. */
  readonly message: string;
  /** Stable identifier, e.g. `missing`, `type`, `range`, `unknown_field`. */
  readonly type: string;
  /** The name that was probably intended. */
  readonly suggestion?: string;
  /** What `message` names: `min` and `max`, `values`. */
  readonly params?: Params;
}
