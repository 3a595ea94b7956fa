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

const group = 'record-read';
/** The period ends now, which is another moment on each path. */
const now = ['/start_time', '/end_time'];

export const recordOperations = operations<RecordsPort>('records', {
  violations: {
    http: 'GET /records/violations',
    summary: 'Violations, newest first',
    input: ViolationQueryDto,
    output: ViolationPageDto,
    group,
  },
  violation: {
    http: 'GET /records/violations/{violation_id}',
    summary: 'One violation',
    input: ViolationKeyDto,
    output: ViolationDto,
    group,
  },
  changes: {
    http: 'GET /records/violations/{violation_id}/changes',
    summary: 'Who did what about a violation',
    input: ViolationKeyDto,
    output: ViolationChangesDto,
    group,
  },
  exportViolations: {
    http: 'GET /records/violations/export',
    summary: 'Violations as a CSV file, newest first',
    input: ViolationFilterDto,
    output: Media,
    produces: 'text/csv; charset=utf-8',
    group,
  },
  setStatus: {
    http: 'PUT /records/violations/{violation_id}/status',
    summary: 'Say what became of a violation',
    input: StatusChangeDto,
    output: StatusSetDto,
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
    group: 'violation-status',
    fallback: 'ifRolledBack',
  },
  summary: {
    http: 'GET /records/statistics/summary',
    summary: 'Detection reports of a period, summed by camera',
    input: PeriodDto,
    output: RecordSummaryDto,
    group,
    mayDiffer: now,
  },
  cameraStatistics: {
    http: 'GET /records/statistics/{camera_id}',
    summary: 'Detection reports of one camera, summed',
    input: CameraPeriodDto,
    output: CameraStatisticsDto,
    group,
    stickyBy: 'camera_id',
    mayDiffer: now,
  },
  detectionRecords: {
    http: 'GET /records/detection-records/{camera_id}',
    summary: 'Detection reports of one camera, newest first',
    input: DetectionQueryDto,
    output: DetectionPageDto,
    group,
    stickyBy: 'camera_id',
  },
  health: {
    http: 'GET /records/health',
    summary: 'Whether records can be read',
    input: NoInputDto,
    output: RecordHealthDto,
    group,
  },
});
