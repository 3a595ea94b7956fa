import type { Camera, CameraRepository } from '../../domain/cameras/camera';
import { changesBetween } from '../../domain/shared/entry-changes';
import type { ConfigFile, ConfigFormat } from '../shared/config-file';
import type { ConfigHeads } from '../shared/configuration-publication';
import { admitNow, hasErrors } from '../shared/quarantine';

/** How far the table and the file agree. */
export interface Agreement {
  readonly inTable: number;
  readonly inFile: number;
  /** Entries that were faulty at the first import: known, and no difference. */
  readonly quarantined: number;
  /** One sentence per difference; names fields, never quotes a value. */
  readonly issues: readonly string[];
}

/** Longer than the file may lag behind the table in normal operation. */
const LOOK_AGAIN_MS = 300;

/** Compares the table with the file as both are at this moment; changes nothing and locks nothing. */
export class CameraConsistency {
  constructor(
    private readonly cameras: Pick<CameraRepository, 'all'>,
    private readonly file: ConfigFile,
    private readonly format: ConfigFormat,
    private readonly heads: Pick<ConfigHeads<Camera>, 'newest'>,
    private readonly pause: (ms: number) => Promise<unknown>,
  ) {}

  /** A difference counts when it is still there a moment later: a change may be in progress. */
  async measure(): Promise<Agreement> {
    const first = await this.look();
    if (first.issues.length === 0) return first;
    await this.pause(LOOK_AGAIN_MS);
    return this.look();
  }

  private async look(): Promise<Agreement> {
    const [cameras, disk] = await Promise.all([this.cameras.all(), this.file.read()]);
    if (!disk) return { inTable: cameras.length, inFile: 0, quarantined: 0, issues: ['The cameras file is missing.'] };
    const { entries: inFile, quarantined, faults } = admitNow(disk.text, this.heads.newest, this.format);
    const inTable = cameras.map((c) => c.fields);
    const wrong = faults.filter(({ severity }) => severity === 'error').map((f) => `Line ${f.line}: ${f.message}`);
    const issues = hasErrors(faults) ? wrong : changesBetween(inTable, inFile).map(sentence);
    return { inTable: inTable.length, inFile: inFile.length, quarantined: quarantined.length, issues };
  }
}

function sentence({ id, kind, fields }: ReturnType<typeof changesBetween>[number]): string {
  switch (kind) {
    case 'added':
      return `${id} is in the file only.`;
    case 'removed':
      return `${id} is in the table only.`;
    case 'changed':
      return `${id} differs in ${fields.map(({ field }) => field).join(', ')}.`;
  }
}
