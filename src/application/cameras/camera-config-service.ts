import { createTwoFilesPatch } from 'diff';
import type { EntryChange, FieldChange } from '../../domain/shared/entry-changes';
import type { ConfigRevision, RevisionRepository } from '../../domain/shared/config-revision';
import type { Camera, CameraRepository } from '../../domain/cameras/camera';
import { maskField } from '../../domain/cameras/camera-secrets';
import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import type { Clock } from '../shared/log';
import type { Configuration } from '../shared/configuration';
import type { ConfigFile, ConfigFormat, ConfigFault } from '../shared/config-file';
import type { ConfigHeads } from '../shared/configuration-publication';
import { admitNow, hasErrors } from '../shared/quarantine';

/**
 * `in_sync`: file and table agree; `degraded`: the file has faults, the last good one is in force; `stale`:
 * reconciliation is in progress.
 */
export type ConfigState = 'in_sync' | 'degraded' | 'stale';

interface ConfigStatus {
  readonly state: ConfigState;
  /** 0 while the file has never been valid. */
  readonly revision: number;
  /** Of the newest revision. */
  readonly sha256: string | null;
  /** Of the file as it is now; null when there is none. */
  readonly file_sha256: string | null;
  readonly cameras: number;
  readonly faults: readonly ConfigFault[];
  /** Entries that were faulty when the file was first imported: they stay in the file, and are no cameras. */
  readonly quarantined: readonly QuarantinedView[];
  readonly checked_at: string;
}

interface QuarantinedView {
  /** The id by which it can be corrected or removed; null where it has none. */
  readonly id: string | null;
  readonly line: number;
  readonly column: number;
  readonly faults: readonly ConfigFault[];
}

interface RevisionView {
  readonly number: number;
  readonly sha256: string;
  readonly origin: string;
  readonly author: string | null;
  readonly request_id: string | null;
  readonly at: string;
  /** Ids of the changed cameras. */
  readonly cameras: readonly string[];
}

export interface RevisionDetail extends RevisionView {
  /** The whole file, secrets masked. */
  readonly text: string;
  /** Unified diff against the revision before, secrets masked. */
  readonly diff: string;
  readonly changes: readonly JsonObject[];
}

interface RevisionPage {
  readonly limit: number;
  readonly offset: number;
}

interface RevisionKey {
  readonly number: number;
}

/** State and history of the camera configuration. */
export class CameraConfigService {
  constructor(
    private readonly revisionsOf: RevisionRepository,
    private readonly cameras: CameraRepository,
    private readonly file: ConfigFile,
    private readonly format: ConfigFormat,
    private readonly heads: Pick<ConfigHeads<Camera>, 'newest'>,
    private readonly configuration: Configuration<Camera>,
    private readonly clock: Clock,
  ) {}

  async status(): Promise<ConfigStatus> {
    const [head, disk, cameras] = await Promise.all([this.revisionsOf.head(), this.file.read(), this.cameras.all()]);
    const { doubt } = this.configuration;
    const read = disk ? admitNow(disk.text, this.heads.newest, this.format) : undefined;
    const quarantined = read?.quarantined ?? [];
    const faults = [...(read?.faults ?? []), ...(doubt ? [doubt] : [])];
    return {
      state: stateOf(head, disk?.sha256, faults),
      revision: head?.number ?? 0,
      sha256: head?.sha256 ?? null,
      file_sha256: disk?.sha256 ?? null,
      cameras: cameras.length,
      faults,
      quarantined: quarantined.map(({ id = null, line, column, faults }) => ({ id, line, column, faults })),
      checked_at: this.clock().toISOString(),
    };
  }

  async revisions({ limit, offset }: RevisionPage) {
    const { items, total } = await this.revisionsOf.page(limit, offset);
    return { revisions: items.map(revisionView), total, limit, offset };
  }

  async revision({ number }: RevisionKey): Promise<RevisionDetail> {
    const [revision, before] = await Promise.all([this.revisionsOf.get(number), this.revisionsOf.get(number - 1)]);
    if (!revision) {
      throw new DomainError('camera_config.revision_not_found', `There is no revision ${number}.`, {
        params: { revision: number },
      });
    }
    const [text, old] = [this.format.mask(revision.text), before ? this.format.mask(before.text) : ''];
    const patch = createTwoFilesPatch(`revision ${number - 1}`, `revision ${number}`, old, text);
    return {
      ...revisionView(revision),
      text,
      diff: patch.slice(patch.indexOf('---')),
      changes: revision.changes.map(changeView),
    };
  }

  async restore({ number }: RevisionKey) {
    const revision = await this.configuration.restore(number);
    return { status: 'success' as const, restored: number, revision: revision.number };
  }
}

function stateOf(
  head: ConfigRevision | undefined,
  onDisk: string | undefined,
  faults: readonly ConfigFault[],
): ConfigState {
  if (hasErrors(faults)) return 'degraded';
  return head?.inFile && head.sha256 === onDisk ? 'in_sync' : 'stale';
}

const revisionView = ({ number, sha256, origin, author, requestId, at, changes }: ConfigRevision): RevisionView => ({
  number,
  sha256,
  origin,
  author,
  request_id: requestId,
  at: at.toISOString(),
  cameras: changes.map((c) => c.id),
});

export const changeView = ({ id, kind, fields }: EntryChange): JsonObject => ({
  camera_id: id,
  kind,
  fields: fields.map(({ field, before, after }: FieldChange) => ({
    field,
    before: before === undefined ? null : maskField(field, before),
    after: after === undefined ? null : maskField(field, after),
  })),
});
