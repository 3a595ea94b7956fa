import { sha256 } from '../../domain/shared/sha256';

/** All that reaches a worker, and nothing else: a difference here, and only here, restarts it. */
export interface WorkerSettings {
  readonly id: string;
  readonly source: string;
  /** Frames per second the source should deliver; 0 when nobody knows. */
  readonly expectedFps: number;
  readonly env: Readonly<Record<string, string>>;
  /** Further values for the placeholders of the command, e.g. `device`. */
  readonly options: Readonly<Record<string, string>>;
}

const sorted = (values: Readonly<Record<string, string>>): string[][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** Equal for settings that mean the same. */
export const fingerprint = ({ id, source, expectedFps, env, options }: WorkerSettings): string =>
  sha256(JSON.stringify([id, source, expectedFps, sorted(env), sorted(options)]));
