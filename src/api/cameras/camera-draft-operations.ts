import {
  type CameraDrafts,
  type DraftView,
  PREVIEWED,
  type PreviewInput,
  type SavedText,
} from '../../application/cameras/camera-drafts';
import type { ConfigFault } from '../../application/shared/config-file';
import type { JsonObject } from '../../domain/shared/json';
import { type Examples, invalid, unknown } from '../http/example';
import { ListOf, MANY, NoInputDto, OneOf, Part, Text, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { anyMembers, text } from '../http/schemas';
import { ConfigFaultDto, entryChange } from './camera-config-operations';

/** A little more than the largest file that is read. */
const LONGEST_TEXT = 5_300_000;
const BODY_LIMIT = '8mb';

class PreviewDto implements PreviewInput {
  @OneOf(PREVIEWED) change: PreviewInput['change'];
  @Text({ min: 1, max: 200, optional: true, about: 'of update and remove' }) camera_id?: string;
  @Part(() => anyMembers('of create and update: what their body would be'), { optional: true }) fields?: JsonObject;
  @Whole({ min: 1, max: 2_147_483_647, optional: true, about: 'of restore: the revision' }) number?: number;
}

class DraftDto implements DraftView {
  @Text({ max: MANY, about: 'unified, secrets masked: a secret that alone changes is in changes only' }) diff: string;
  @ListOf(entryChange) changes: readonly JsonObject[];
  @ListOf(() => ConfigFaultDto, { about: 'with an error among them nothing would change' })
  faults: readonly ConfigFault[];
  @ListOf(() => text, { about: 'cameras whose worker would end and start anew' }) restarts: readonly string[];
  @ListOf(() => text, { about: 'cameras whose worker would start' }) starts: readonly string[];
  @ListOf(() => text, { about: 'cameras whose worker would end' }) stops: readonly string[];
}

class FileTextDto {
  @Text({ max: MANY, about: 'the whole file, secrets masked' }) text: string;
  @Text({ nullable: true, about: 'of the file itself, secrets included; null without one' }) sha256: string | null;
}

class TextToCheckDto {
  @Text({ max: LONGEST_TEXT, about: 'masks of the present file stand for the secrets there, by camera and setting' })
  text: string;
}

class SavedTextDto extends TextToCheckDto implements SavedText {
  @Text({ min: 1, max: 64, about: 'the sha256 that came with the text this one started from' }) base_sha256: string;
}

class TextSavedDto {
  @OneOf(['success']) status: 'success';
  @Whole({ min: 1, max: MANY }) revision: number;
  @Text() sha256: string;
  @ListOf(() => text, { about: 'ids of the cameras that the revision changed' }) cameras: readonly string[];
}

type Drafts = Pick<CameraDrafts, 'preview' | 'text' | 'check' | 'save'>;

/** The file of the example, in which the gate got another name. */
const TEXT = `# The cameras of hall B
cameras:
  - {id: line-3, resolution: 320x180, fps: 5, location: hall B, name: Packing line 3, source: "testsrc:size=320x180,rate=5", auto_start: true, profile: accurate}
  - {id: line-4, resolution: 320x180, fps: 5, location: hall B, name: Packing line 4, source: "testsrc:size=320x180,rate=5", auto_start: true}
  - {id: line-5, resolution: 320x180, fps: 5, location: hall B, name: Packing line 5, source: "testsrc:size=320x180,rate=5", auto_start: true}
  - {id: line-6, resolution: 320x180, fps: 5, location: hall B, name: Packing line 6, source: "testsrc:size=320x180,rate=5", auto_start: true}
  - {id: dock, resolution: 320x180, fps: 5, location: hall B, name: Loading dock, source: "testsrc:size=320x180,rate=5"}
  - {id: gate, resolution: 320x180, fps: 5, location: hall B, name: Main gate, source: "rtsp://viewer:***@192.0.2.7/main"}
  - {id: attic, resolution: 320x180, fps: 5, location: hall B, name: Attic, source: "testsrc:size=320x180,rate=5", active: false}
  - {id: old-door, resolution: 320x180, fps: 5, location: hall B, name: Old door, source: "0"}
`;
/** Of the text that the example of restoring a revision leaves. */
const BASE = 'adae54c8c9def6213344f6400a046d9b8ad56c9fe5d33af58522e2887f1c510d';
const SAVED = '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0';

const NOTHING = { faults: [], restarts: [], starts: [], stops: [] };

const examples = {
  preview: {
    input: { change: 'update', camera_id: 'line-3', fields: { name: 'Packing line three' } },
    answer: {
      ...NOTHING,
      diff: '--- present\n+++ new\n@@ -3,1 +3,1 @@\n-  - {id: line-3, name: Packing line 3}\n+  - {id: line-3, name: Packing line three}\n',
      changes: [
        {
          camera_id: 'line-3',
          kind: 'changed',
          fields: [{ field: 'name', before: 'Packing line 3', after: 'Packing line three' }],
        },
      ],
    },
    varies: ['/diff'],
    refused: unknown(
      { change: 'restore', number: 4040 },
      'camera_config.revision_not_found',
      'There is no revision 4040.',
      { revision: 4040 },
    ),
  },
  text: {
    input: {},
    answer: {
      text: TEXT,
      sha256: SAVED,
    },
    varies: ['/text', '/sha256'],
  },
  check: {
    input: { text: 'cameras:\n  - {id: gate, name: Gate}\n' },
    answer: {
      ...NOTHING,
      diff: '--- present\n+++ new\n',
      changes: [],
      faults: [
        {
          line: 2,
          column: 6,
          path: 'cameras[0].source',
          type: 'missing',
          message: 'source is required.',
          severity: 'error',
        },
      ],
    },
    varies: ['/diff'],
  },
  save: {
    input: { text: TEXT, base_sha256: BASE },
    answer: {
      status: 'success',
      revision: 7,
      sha256: SAVED,
      cameras: ['gate'],
    },
    varies: ['/revision'],
    refused: invalid({ text: TEXT }, 'base_sha256', 'is required', 'missing'),
  },
} satisfies Examples<Drafts>;

/**
 * Changes before they are made. Checks and previews need an operator although they change nothing: whether a guessed
 * secret is the stored one shows in what would change.
 */
export const cameraDraftOperations = operations<Drafts>('camera-config', {
  preview: {
    http: 'POST /cameras/config/preview',
    summary:
      'What a change of the cameras would do to the file and to the workers, without making it; an edit of the file that waits is taken in first',
    call: (drafts, input) => drafts.preview(input),
    input: PreviewDto,
    output: DraftDto,
    example: examples.preview,
    effect: 'read',
    role: 'operator',
  },
  text: {
    http: 'GET /cameras/config/text',
    summary: 'The cameras file as it is, secrets masked',
    call: (drafts) => drafts.text(),
    input: NoInputDto,
    output: FileTextDto,
    example: examples.text,
  },
  check: {
    http: 'POST /cameras/config/check',
    summary: 'What is wrong with a text for the cameras file, and what saving it would do',
    call: (drafts, input) => drafts.check(input),
    input: TextToCheckDto,
    output: DraftDto,
    example: examples.check,
    effect: 'read',
    role: 'operator',
    bodyLimit: BODY_LIMIT,
  },
  save: {
    http: 'PUT /cameras/config/text',
    summary: 'Make a text the cameras file, as a whole or not at all, unless the file was changed meanwhile',
    call: (drafts, input) => drafts.save(input),
    input: SavedTextDto,
    output: TextSavedDto,
    example: examples.save,
    bodyLimit: BODY_LIMIT,
  },
});
