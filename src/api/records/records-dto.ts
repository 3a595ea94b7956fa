import type {
  CameraPeriod,
  SentHandling,
  StatusChange,
  StatusChanges,
  ViolationFilter,
  ViolationKey,
  ViolationQuery,
} from '../../application/records/records-port';
import { violationStatuses } from '../../domain/records/violation';
import { ListOfWhole, MANY, OneOf, Text, Time, Whole } from '../http/fields';
import { NotBefore } from '../http/time-order';

const MOST_AT_ONCE = 500;

export class ViolationFilterDto implements ViolationFilter {
  @Text({ max: 100, optional: true }) camera_id?: string;
  @OneOf(violationStatuses, { optional: true }) status?: string;
  @Text({ max: 100, optional: true }) violation_type?: string;
}

export class ViolationQueryDto extends ViolationFilterDto implements ViolationQuery {
  @Whole({ min: 1, max: 1_000, default: 50 }) limit = 50;
  @Whole({ min: 0, max: 2_000_000_000, default: 0 }) offset = 0;
  @Text({ max: 100, optional: true, about: 'next_cursor of the page before, in place of an offset' }) cursor?: string;
}

export class ViolationKeyDto implements ViolationKey {
  @Whole({ min: 1, max: MANY }) violation_id: number;
}

class HandlingDto implements SentHandling {
  @Text({ about: `one of ${violationStatuses.join(', ')}` }) status: string;
  @Text({ optional: true, about: 'left as they are when absent' }) notes?: string;
  @Text({ optional: true, line: true, about: 'left as it is when absent' }) handled_by?: string;
}

export class StatusChangeDto extends HandlingDto implements StatusChange {
  @Whole({ min: 1, max: MANY }) violation_id: number;
  @Whole({ min: 1, max: MANY, optional: true, about: 'the version that was read; the header If-Match says the same' })
  version?: number;
}

export class StatusChangesDto extends HandlingDto implements StatusChanges {
  @ListOfWhole({ min: 1, max: MANY, most: MOST_AT_ONCE }) violation_ids: number[];
}

export class PeriodDto {
  @Text({ max: 20, default: '7d', about: '1d, 7d or 30d; anything else counts as 7d' }) period = '7d';
}

export class CameraPeriodDto extends PeriodDto implements CameraPeriod {
  @Text({ min: 1, max: 100 }) camera_id: string;
  @Time({ optional: true, about: 'counts together with end_time' }) start_time?: string;
  @NotBefore('start_time') @Time({ optional: true }) end_time?: string;
}

export class DetectionQueryDto {
  @Text({ min: 1, max: 100 }) camera_id: string;
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
  @Whole({ min: 0, max: 2_000_000_000, default: 0 }) offset = 0;
}
