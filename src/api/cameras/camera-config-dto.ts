import type { ConfigState } from '../../application/cameras/camera-config-port';
import type { ConfigFault } from '../../application/cameras/cameras-format';
import type { JsonObject } from '../../domain/shared/json';
import { ListOf, MANY, OneOf, Text, Time, Whole } from '../http/fields';
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

export class QuarantinedDto {
  @Text({ nullable: true, about: 'null where it has none that can name a camera' }) id: string | null;
  @Whole({ min: 1, max: MANY }) line: number;
  @Whole({ min: 1, max: MANY }) column: number;
  @ListOf(() => ConfigFaultDto) faults: ConfigFaultDto[];
}

export class ConfigStatusDto {
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

export class RevisionPageDto {
  @Whole({ min: 1, max: 1000, default: 50 }) limit = 50;
  @Whole({ min: 0, max: LAST_NUMBER, default: 0 }) offset = 0;
}

export class RevisionKeyDto {
  @Whole({ min: 1, max: LAST_NUMBER }) number: number;
}

export class RevisionDto {
  @Whole({ min: 1, max: LAST_NUMBER }) number: number;
  @Text() sha256: string;
  @OneOf(['api', 'file', 'legacy', 'restore', 'import']) origin: string;
  @Text({ nullable: true }) author: string | null;
  @Text({ nullable: true }) request_id: string | null;
  @Time() at: string;
  @ListOf(() => ({ type: 'string' }), { about: 'ids of the cameras it touched' }) cameras: string[];
}

export class RevisionListDto {
  @ListOf(() => RevisionDto) revisions: RevisionDto[];
  @Whole({ min: 0, max: LAST_NUMBER }) total: number;
  @Whole({ min: 1, max: 1000 }) limit: number;
  @Whole({ min: 0, max: LAST_NUMBER }) offset: number;
}

const change = () =>
  named(
    'CameraChange',
    all({
      camera_id: text,
      kind: { type: 'string', enum: ['added', 'changed', 'removed'] },
      fields: listOf(atLeast({ field: text, before: {}, after: {} }, 'before', 'after')),
    }),
  );

export class RevisionDetailDto extends RevisionDto {
  @Text({ max: MANY, about: 'the whole file, secrets masked' }) text: string;
  @Text({ max: MANY, about: 'unified diff against the revision before, secrets masked' }) diff: string;
  @ListOf(change) changes: JsonObject[];
}

export class RestoredDto {
  @OneOf(['success']) status: 'success';
  @Whole({ min: 1, max: LAST_NUMBER, about: 'the revision whose text is in force again' }) restored: number;
  @Whole({ min: 1, max: LAST_NUMBER, about: 'the new revision that says so' }) revision: number;
}
