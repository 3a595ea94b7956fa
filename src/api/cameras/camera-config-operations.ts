import type { CameraConfigService, ConfigState } from '../../application/cameras/camera-config-service';
import type { ConfigFault } from '../../application/shared/config-file';
import type { JsonObject } from '../../domain/shared/json';
import { type Examples, unknown } from '../http/example';
import { ListOf, MANY, NoInputDto, OneOf, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, atLeast, listOf, named, text } from '../http/schemas';

const LAST_NUMBER = 2_147_483_647;

export class ConfigFaultDto implements ConfigFault {
  @Whole({ min: 1, max: MANY }) line: number;
  @Whole({ min: 1, max: MANY }) column: number;
  @Text() path: string;
  @Text() type: string;
  @Text() message: string;
  @OneOf(['error', 'warning']) severity: 'error' | 'warning';
  @Text({ optional: true }) suggestion?: string;
}

class QuarantinedDto {
  @Text({ nullable: true, about: 'null where it has none that can name a camera' }) id: string | null;
  @Whole({ min: 1, max: MANY }) line: number;
  @Whole({ min: 1, max: MANY }) column: number;
  @ListOf(() => ConfigFaultDto) faults: ConfigFaultDto[];
}

class ConfigStatusDto {
  @OneOf(['in_sync', 'degraded', 'stale'], {
    about:
      'degraded: the file has faults and the last good configuration is in force; stale: file and table are being brought together',
  })
  state: ConfigState;
  @Whole({ min: 0, max: LAST_NUMBER, about: '0 while the file has never been valid' }) revision: number;
  @Text({ nullable: true, about: 'SHA-256 of the newest revision' }) sha256: string | null;
  @Text({ nullable: true, about: 'SHA-256 of the file as it is now' }) file_sha256: string | null;
  @Whole({ min: 0, max: MANY }) cameras: number;
  @ListOf(() => ConfigFaultDto) faults: ConfigFaultDto[];
  @ListOf(() => QuarantinedDto, {
    about:
      'entries that had faults when the file was taken over: they stay in it as they are and are no cameras, until they are corrected (in the file, or with PUT /cameras/{id}) or removed',
  })
  quarantined: QuarantinedDto[];
  @Time() checked_at: string;
}

class RevisionPageDto {
  @Whole({ min: 1, max: 1000, default: 50 }) limit = 50;
  @Whole({ min: 0, max: LAST_NUMBER, default: 0 }) offset = 0;
}

class RevisionKeyDto {
  @Whole({ min: 1, max: LAST_NUMBER }) number: number;
}

class RevisionDto {
  @Whole({ min: 1, max: LAST_NUMBER }) number: number;
  @Text() sha256: string;
  @OneOf(['api', 'file', 'legacy', 'restore', 'import']) origin: string;
  @Text({ nullable: true }) author: string | null;
  @Text({ nullable: true }) request_id: string | null;
  @Time() at: string;
  @ListOf(() => ({ type: 'string' }), { about: 'ids of the cameras it touched' }) cameras: string[];
}

class RevisionListDto {
  @ListOf(() => RevisionDto) revisions: RevisionDto[];
  @Whole({ min: 0, max: LAST_NUMBER }) total: number;
  @Whole({ min: 1, max: 1000 }) limit: number;
  @Whole({ min: 0, max: LAST_NUMBER }) offset: number;
}

export const entryChange = () =>
  named(
    'EntryChange',
    all({
      camera_id: text,
      kind: { type: 'string', enum: ['added', 'changed', 'removed'] },
      fields: listOf(atLeast({ field: text, before: {}, after: {} }, 'before', 'after')),
    }),
  );

class RevisionDetailDto extends RevisionDto {
  @Text({ max: MANY, about: 'the whole file, secrets masked' }) text: string;
  @Text({ max: MANY, about: 'unified diff against the revision before, secrets masked' }) diff: string;
  @ListOf(entryChange) changes: JsonObject[];
}

class RestoredDto {
  @OneOf(['success']) status: 'success';
  @Whole({ min: 1, max: LAST_NUMBER, about: 'the revision whose text is in force again' }) restored: number;
  @Whole({ min: 1, max: LAST_NUMBER, about: 'the new revision that says so' }) revision: number;
}

const GATE_RENAMED = {
  number: 2,
  sha256: '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0',
  origin: 'api',
  author: null,
  request_id: 'c0ffee',
  at: '2026-01-05T08:15:02.114Z',
  cameras: ['gate'],
};

const cameraConfigExamples = {
  status: {
    input: {},
    answer: {
      state: 'in_sync',
      revision: 2,
      sha256: '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0',
      file_sha256: '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0',
      cameras: 8,
      faults: [],
      quarantined: [],
      checked_at: '2026-01-05T08:15:02.114Z',
    },
    varies: ['/sha256', '/file_sha256'],
  },
  revisions: {
    input: { limit: 1, offset: 0 },
    answer: { revisions: [GATE_RENAMED], total: 2, limit: 1, offset: 0 },
    varies: ['/revisions/*/sha256', '/revisions/*/request_id'],
  },
  revision: {
    input: { number: 2 },
    answer: {
      ...GATE_RENAMED,
      text: 'cameras:\n  - {id: gate, name: Main gate, source: rtsp://viewer:***@192.0.2.7/main}\n',
      diff: '--- revision 1\n+++ revision 2\n@@ -2,1 +2,1 @@\n-  - {id: gate, name: Gate, source: rtsp://viewer:***@192.0.2.7/main}\n+  - {id: gate, name: Main gate, source: rtsp://viewer:***@192.0.2.7/main}\n',
      changes: [
        { camera_id: 'gate', kind: 'changed', fields: [{ field: 'name', before: 'Gate', after: 'Main gate' }] },
      ],
    },
    varies: ['/sha256', '/request_id', '/text', '/diff'],
    refused: unknown({ number: 4040 }, 'camera_config.revision_not_found', 'There is no revision 4040.', {
      revision: 4040,
    }),
  },
  restore: {
    input: { number: 1 },
    answer: { status: 'success', restored: 1, revision: 6 },
    varies: ['/revision'],
    refused: unknown({ number: 4040 }, 'camera_config.revision_not_found', 'There is no revision 4040.', {
      revision: 4040,
    }),
  },
} satisfies Partial<Examples<CameraConfigService>>;

/** Operations the old backend does not have: they have one implementation and are not switched. */
export const cameraConfigOperations = operations<CameraConfigService>('camera-config', {
  status: {
    http: 'GET /cameras/config',
    summary: 'Whether table and file agree, and every fault of the file',
    call: (config) => config.status(),
    input: NoInputDto,
    output: ConfigStatusDto,
    example: cameraConfigExamples.status,
  },
  revisions: {
    http: 'GET /cameras/config/revisions',
    summary: 'The history of the camera configuration, newest first',
    call: (config, input) => config.revisions(input),
    input: RevisionPageDto,
    output: RevisionListDto,
    example: cameraConfigExamples.revisions,
  },
  revision: {
    http: 'GET /cameras/config/revisions/{number}',
    summary: 'One revision: its text, and what it changed',
    call: (config, input) => config.revision(input),
    input: RevisionKeyDto,
    output: RevisionDetailDto,
    example: cameraConfigExamples.revision,
  },
  restore: {
    http: 'POST /cameras/config/revisions/{number}/restore',
    summary: 'Make the text of an earlier revision the newest one',
    call: (config, input) => config.restore(input),
    input: RevisionKeyDto,
    output: RestoredDto,
    example: cameraConfigExamples.restore,
  },
});
