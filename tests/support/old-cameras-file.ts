import { parse, stringify } from 'yaml';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export type OldEntry = Readonly<Record<string, unknown>>;

/** YAML as Python's most used library reads and writes it. */
const OPTIONS = { version: '1.1' } as const;

/** `cameras.yaml` as the old backend keeps it: unreadable is empty, and every write is a new file without comments. */
export class OldCamerasFile {
  constructor(private readonly path: string) {}

  /** Throws for a root that is no mapping. */
  read(): readonly OldEntry[] {
    const root = this.parsed();
    if (root === undefined || root === null) return [];
    if (typeof root !== 'object' || Array.isArray(root)) throw new TypeError('the root is no mapping');
    return ((root as { cameras?: OldEntry[] }).cameras ?? []).map((camera) => ({ ...camera }));
  }

  write(cameras: readonly OldEntry[]): void {
    const staged = `${this.path}.old`;
    writeFileSync(staged, stringify({ cameras }, OPTIONS), { mode: 0o600 });
    renameSync(staged, this.path);
  }

  private parsed(): unknown {
    try {
      return existsSync(this.path) ? parse(readFileSync(this.path, 'utf8'), OPTIONS) : undefined;
    } catch {
      return undefined;
    }
  }
}
