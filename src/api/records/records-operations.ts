import type {
  CameraPeriod,
  RecordsPort,
  SentHandling,
  StatusChange,
  StatusChanges,
  ViolationFilter,
  ViolationKey,
  ViolationQuery,
} from '../../application/records/records-port';
import { Media } from '../../application/shared/media';
import { violationStatuses } from '../../domain/records/violation';
import { Decimal, ListOfWhole, MANY, NoInputDto, NotBefore, OneOf, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import {
  CameraStatisticsDto,
  DetectionPageDto,
  RecordHealthDto,
  RecordSummaryDto,
  StatusSetDto,
  StatusesSetDto,
  ViolationChangesDto,
  ViolationDto,
  ViolationPageDto,
} from './records-answers';
import { recordExamples as examples } from './records-examples';

const MOST_AT_ONCE = 500;

export class ViolationFilterDto implements ViolationFilter {
  @Text({ max: 100, optional: true }) camera_id?: string;
  @OneOf(violationStatuses, { optional: true }) status?: string;
  @Text({ max: 100, optional: true }) violation_type?: string;
  @Text({ max: 100, optional: true, about: 'who handled it' }) handled_by?: string;
  @Decimal({ min: 0, max: 1, optional: true, about: 'violations without a confidence do not fit' })
  min_confidence?: number;
  @Time({ optional: true }) from?: string;
  @NotBefore('from') @Time({ optional: true, about: 'not included' }) to?: string;
}

class ViolationQueryDto extends ViolationFilterDto implements ViolationQuery {
  @Whole({ min: 1, max: 1_000, default: 50 }) limit = 50;
  @Whole({ min: 0, max: 2_000_000_000, default: 0 }) offset = 0;
  @Text({ max: 100, optional: true, about: 'next_cursor of the page before, in place of an offset' }) cursor?: string;
  @OneOf(['newest', 'oldest'], { optional: true, about: 'what comes first; newest without it' }) order?: string;
}

export class ViolationKeyDto implements ViolationKey {
  @Whole({ min: 1, max: MANY }) violation_id: number;
}

class HandlingDto implements SentHandling {
  @Text({ about: `one of ${violationStatuses.join(', ')}` }) status: string;
  @Text({ optional: true, about: 'left as they are when absent' }) notes?: string;
  @Text({ optional: true, line: true, about: 'left as it is when absent' }) handled_by?: string;
}

class StatusChangeDto extends HandlingDto implements StatusChange {
  @Whole({ min: 1, max: MANY }) violation_id: number;
  @Whole({ min: 1, max: MANY, optional: true, about: 'the version that was read; the header If-Match says the same' })
  version?: number;
}

class StatusChangesDto extends HandlingDto implements StatusChanges {
  @ListOfWhole({ min: 1, max: MANY, most: MOST_AT_ONCE }) violation_ids: number[];
}

class PeriodDto {
  @Text({ max: 20, default: '7d', about: '1d, 7d or 30d; anything else counts as 7d' }) period = '7d';
}

class CameraPeriodDto extends PeriodDto implements CameraPeriod {
  @Text({ min: 1, max: 100 }) camera_id: string;
  @Time({ optional: true, about: 'counts together with end_time' }) start_time?: string;
  @NotBefore('start_time') @Time({ optional: true }) end_time?: string;
}

class DetectionQueryDto {
  @Text({ min: 1, max: 100 }) camera_id: string;
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
  @Whole({ min: 0, max: 2_000_000_000, default: 0 }) offset = 0;
}

const group = 'record-read';
/** The period ends now, which is a different moment on each path. */
const now = ['/start_time', '/end_time'];

export const recordOperations = operations<RecordsPort>('records', {
  violations: {
    http: 'GET /records/violations',
    summary: 'Violations, newest first',
    call: (records, input) => records.violations(input),
    input: ViolationQueryDto,
    output: ViolationPageDto,
    example: examples.violations,
    group,
  },
  violation: {
    http: 'GET /records/violations/{violation_id}',
    summary: 'One violation',
    call: (records, input) => records.violation(input),
    input: ViolationKeyDto,
    output: ViolationDto,
    example: examples.violation,
    group,
  },
  changes: {
    http: 'GET /records/violations/{violation_id}/changes',
    summary: 'Who did what about a violation',
    call: (records, input) => records.changes(input),
    input: ViolationKeyDto,
    output: ViolationChangesDto,
    example: examples.changes,
    group,
  },
  exportViolations: {
    http: 'GET /records/violations/export',
    summary: 'Violations as a CSV file, newest first',
    call: (records, input) => records.exportViolations(input),
    input: ViolationFilterDto,
    output: Media,
    example: examples.exportViolations,
    produces: 'text/csv; charset=utf-8',
    group,
  },
  setStatus: {
    http: 'PUT /records/violations/{violation_id}/status',
    summary: 'Say what became of a violation',
    call: (records, input) => records.setStatus(input),
    input: StatusChangeDto,
    output: StatusSetDto,
    example: examples.setStatus,
    group: 'violation-status',
    stickyBy: 'violation_id',
    fallback: 'ifRolledBack',
    ifMatch: 'version',
    parametersIn: 'query',
  },
  setStatuses: {
    http: 'PUT /records/violations/status',
    summary: 'Say what became of some violations, all or none',
    call: (records, input) => records.setStatuses(input),
    input: StatusChangesDto,
    output: StatusesSetDto,
    example: examples.setStatuses,
    group: 'violation-status',
    fallback: 'ifRolledBack',
  },
  summary: {
    http: 'GET /records/statistics/summary',
    summary: 'Detection reports of a period, summed by camera',
    call: (records, input) => records.summary(input),
    input: PeriodDto,
    output: RecordSummaryDto,
    example: examples.summary,
    group,
    mayDiffer: now,
  },
  cameraStatistics: {
    http: 'GET /records/statistics/{camera_id}',
    summary: 'Detection reports of one camera, summed',
    call: (records, input) => records.cameraStatistics(input),
    input: CameraPeriodDto,
    output: CameraStatisticsDto,
    example: examples.cameraStatistics,
    group,
    stickyBy: 'camera_id',
    mayDiffer: now,
  },
  detectionRecords: {
    http: 'GET /records/detection-records/{camera_id}',
    summary: 'Detection reports of one camera, newest first',
    call: (records, input) => records.detectionRecords(input),
    input: DetectionQueryDto,
    output: DetectionPageDto,
    example: examples.detectionRecords,
    group,
    stickyBy: 'camera_id',
  },
  health: {
    http: 'GET /records/health',
    summary: 'Whether records can be read',
    call: (records, input) => records.health(input),
    input: NoInputDto,
    output: RecordHealthDto,
    example: examples.health,
    group,
  },
});
