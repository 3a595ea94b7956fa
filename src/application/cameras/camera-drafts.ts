import { createTwoFilesPatch } from 'diff';
import { Camera } from '../../domain/cameras/camera';
import { isMasked } from '../../domain/cameras/camera-secrets';
import { DomainError, refuseFaults } from '../../domain/shared/domain-error';
import { type JsonObject, isJsonObject } from '../../domain/shared/json';
import type { ConfigFault, ConfigFile, ConfigFormat } from '../shared/config-file';
import type { Configuration } from '../shared/configuration';
import type { Preview, Wanted } from '../shared/configuration-plans';
import type { OnDisk } from '../shared/configuration-publication';
import type { Clock } from '../shared/log';
import { changeView } from './camera-config-service';
import { cameraSet } from './camera-kind';

/** What becomes of the detection processes when the cameras change. */
export interface WorkerForecast {
  readonly restarts: readonly string[];
  readonly starts: readonly string[];
  readonly stops: readonly string[];
}

/** The masked text of the cameras file can be changed and sent back. */
export interface DraftFormat extends Pick<ConfigFormat, 'mask'> {
  /** The text with the secrets of `known` in place of their masks, where they belong to the same camera and field. */
  unmask(text: string, known: string): string;
}

export const PREVIEWED = ['create', 'update', 'remove', 'restore'] as const;

type PreviewedChange = (typeof PREVIEWED)[number];

export interface PreviewInput {
  readonly change: PreviewedChange;
  /** Of `update` and `remove`. */
  readonly camera_id?: string;
  /** Of `create` and `update`: the body of those. */
  readonly fields?: JsonObject;
  /** Of `restore`: the revision. */
  readonly number?: number;
}

export interface SavedText {
  readonly text: string;
  /** Of the file that the text started from. */
  readonly base_sha256: string;
}

interface TextSaved {
  readonly status: 'success';
  readonly revision: number;
  readonly sha256: string;
  readonly cameras: readonly string[];
}

export interface DraftView extends WorkerForecast {
  /** Unified diff of the masked texts: a secret that alone changed is in `changes` only. */
  readonly diff: string;
  readonly changes: readonly JsonObject[];
  readonly faults: readonly ConfigFault[];
}

/** Changes of the cameras file that nobody made yet: what they would do, and saving a whole text. */
export class CameraDrafts {
  constructor(
    private readonly configuration: Pick<Configuration<Camera>, 'preview' | 'write'>,
    private readonly file: Pick<ConfigFile, 'read'>,
    private readonly format: DraftFormat,
    private readonly workers: (before: readonly Camera[], after: readonly Camera[]) => Promise<WorkerForecast>,
    private readonly clock: Clock,
  ) {}

  async preview(input: PreviewInput): Promise<DraftView> {
    return this.view(await this.configuration.preview(this.wanted(input)));
  }

  async text() {
    const disk = await this.file.read();
    return { text: this.format.mask(disk?.text ?? ''), sha256: disk?.sha256 ?? null };
  }

  async check({ text }: { readonly text: string }): Promise<DraftView> {
    return this.view(await this.configuration.preview({ write: (disk) => this.unmasked(text, disk) }));
  }

  async save({ text, base_sha256 }: SavedText): Promise<TextSaved> {
    const revision = await this.configuration.write((disk) => {
      if (disk?.sha256 !== base_sha256) throw changedMeanwhile(disk);
      return this.unmasked(text, disk);
    });
    return {
      status: 'success',
      revision: revision.number,
      sha256: revision.sha256,
      cameras: revision.changes.map(({ id }) => id),
    };
  }

  private wanted({ change, camera_id: id, fields, number }: PreviewInput): Wanted<Camera> {
    const now = this.clock();
    switch (change) {
      case 'create': {
        const camera = Camera.register(objectOf(fields), now);
        return { decide: (all) => cameraSet.add(all, camera) };
      }
      case 'update': {
        const [known, patch] = [needed(id, 'camera_id'), objectOf(fields)];
        return {
          decide: (all, unseen) => cameraSet.replace(all, known, (camera) => camera.change(patch, now), unseen),
        };
      }
      case 'remove': {
        const known = needed(id, 'camera_id');
        return { decide: (all) => cameraSet.remove(all, known) };
      }
      case 'restore':
        return { restore: needed(number, 'number') };
    }
  }

  private unmasked(sent: string, disk: OnDisk | undefined) {
    const present = disk?.text ?? '';
    const text = this.format.unmask(sent, present);
    return { text, faults: stillMasked(text, present, this.format.mask(present)) };
  }

  private async view({ before, after, changes, faults }: Preview<Camera>): Promise<DraftView> {
    const workers = await this.workers(before.entries, after.entries);
    const diff = unifiedDiff(this.format.mask(before.text), this.format.mask(after.text));
    return { diff, changes: changes.map(changeView), faults, ...workers };
  }
}

function needed<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  const faults = [{ path: [name], type: 'missing', message: `${name} is required for this change` }];
  throw new DomainError('camera.invalid', `${name} is required for this change.`, { faults });
}

function objectOf(fields: JsonObject | undefined): JsonObject {
  const known = needed(fields, 'fields');
  if (!isJsonObject(known))
    refuseFaults('camera.invalid', [{ path: ['fields'], type: 'type', message: 'must be an object' }]);
  return known;
}

const changedMeanwhile = (disk: OnDisk | undefined): DomainError =>
  new DomainError(
    'camera_config.changed',
    'The cameras file was changed after you read it, so nothing was saved: read it again and put your change into it.',
    { extra: { sha256: disk?.sha256 ?? null } },
  );

const lines = (text: string): string[] => text.split(/\r\n|\n|\r/);

/**
 * Places where a mask is left: saving it would lose the secret. A line that stands in the present file as it is was
 * written that way by somebody; so was a comment that masks nothing there.
 */
function stillMasked(text: string, present: string, presentMasked: string): ConfigFault[] {
  const known = new Set(lines(present));
  const masks = new Set(lines(presentMasked).filter((line) => !known.has(line)));
  return lines(text).flatMap((line, i): ConfigFault[] => {
    if (known.has(line) || !line.split(/[\s'",[\]{}]+/).some(isMasked)) return [];
    if (line.trimStart().startsWith('#') && !masks.has(line)) return [];
    const message = 'This carries *** where a secret belongs, which is not known here: write it in full.';
    const column = line.indexOf('***') + 1;
    return [{ line: i + 1, column, path: '', type: 'masked', message, severity: 'error' }];
  });
}

/** Comparing two texts that have little in common takes long, and its result helps nobody. */
const DIFF_WITHIN_MS = 500;

function unifiedDiff(before: string, after: string): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch('present', 'new', before, after, undefined, undefined, { timeout: DIFF_WITHIN_MS });
  return patch === undefined
    ? '--- present\n+++ new\n(the texts differ too much to be compared)\n'
    : patch.slice(patch.indexOf('---'));
}
