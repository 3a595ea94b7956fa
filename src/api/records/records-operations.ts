import type { RecordsPort } from '../../application/records/records-port';
import { Media } from '../../application/shared/media';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import {
  CameraStatisticsDto,
  DetectionPageDto,
  RecordHealthDto,
  RecordSummaryDto,
  StatusesSetDto,
  StatusSetDto,
  ViolationChangesDto,
  ViolationDto,
  ViolationPageDto,
} from './records-answers';
import {
  CameraPeriodDto,
  DetectionQueryDto,
  PeriodDto,
  StatusChangeDto,
  StatusChangesDto,
  ViolationFilterDto,
  ViolationKeyDto,
  ViolationQueryDto,
} from './records-dto';
import { recordExamples as examples } from './records-examples';

const group = 'record-read';
/** The period ends now, which is another moment on each path. */
const now = ['/start_time', '/end_time'];

export const recordOperations = operations<RecordsPort>('records', {
  violations: {
    http: 'GET /records/violations',
    summary: 'Violations, newest first',
    input: ViolationQueryDto,
    output: ViolationPageDto,
    example: examples.violations,
    group,
  },
  violation: {
    http: 'GET /records/violations/{violation_id}',
    summary: 'One violation',
    input: ViolationKeyDto,
    output: ViolationDto,
    example: examples.violation,
    group,
  },
  changes: {
    http: 'GET /records/violations/{violation_id}/changes',
    summary: 'Who did what about a violation',
    input: ViolationKeyDto,
    output: ViolationChangesDto,
    example: examples.changes,
    group,
  },
  exportViolations: {
    http: 'GET /records/violations/export',
    summary: 'Violations as a CSV file, newest first',
    input: ViolationFilterDto,
    output: Media,
    example: examples.exportViolations,
    produces: 'text/csv; charset=utf-8',
    group,
  },
  setStatus: {
    http: 'PUT /records/violations/{violation_id}/status',
    summary: 'Say what became of a violation',
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
    input: StatusChangesDto,
    output: StatusesSetDto,
    example: examples.setStatuses,
    group: 'violation-status',
    fallback: 'ifRolledBack',
  },
  summary: {
    http: 'GET /records/statistics/summary',
    summary: 'Detection reports of a period, summed by camera',
    input: PeriodDto,
    output: RecordSummaryDto,
    example: examples.summary,
    group,
    mayDiffer: now,
  },
  cameraStatistics: {
    http: 'GET /records/statistics/{camera_id}',
    summary: 'Detection reports of one camera, summed',
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
    input: DetectionQueryDto,
    output: DetectionPageDto,
    example: examples.detectionRecords,
    group,
    stickyBy: 'camera_id',
  },
  health: {
    http: 'GET /records/health',
    summary: 'Whether records can be read',
    input: NoInputDto,
    output: RecordHealthDto,
    example: examples.health,
    group,
  },
});
