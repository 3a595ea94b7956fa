import type { DeliveryView, DryRunView } from '../../application/alerts/alert-handling-port';
import type { Attempt } from '../../application/alerts/delivery-queue';
import type { JsonObject } from '../../domain/shared/json';
import { Decimal, Flag, ListOf, MANY, OneOf, Part, Text, Time, Whole } from '../http/fields';
import { alertDetails, AlertRuleKeyDto, LAST_RULE, NULLABLE_TIME, PageDto } from './alert-dto';

export class DryRunWishDto extends AlertRuleKeyDto {
  @Decimal({ min: 0.01, max: 168, step: 0.01, default: 24, about: 'how far back' }) hours = 24;
}

class DryAlertDto {
  @Text() camera_id: string;
  @Text() alert_type: string;
  @Time() timestamp: string;
  @Text() message: string;
  @Part(alertDetails) details: JsonObject;
}

export class DryRunDto implements DryRunView {
  @Whole({ min: 1, max: LAST_RULE }) rule_id: number;
  @Time() from: string;
  @Time() to: string;
  @Whole({ min: 0, max: MANY, about: 'events looked at' }) events: number;
  @Whole({ min: 0, max: MANY, about: 'alerts shown' }) count: number;
  @Whole({ min: 0, max: MANY, about: 'alerts there would have been' }) total: number;
  @ListOf(() => DryAlertDto, { about: 'oldest first' }) alerts: DryAlertDto[];
}

export class HandlingDto {
  @Whole({ min: 1, max: MANY }) alert_id: number;
  @Text({ min: 1, max: 100, optional: true, nullable: true }) by?: string | null;
  @Text({ max: 2_000, optional: true, nullable: true }) note?: string | null;
}

export class DeliveryQueryDto extends PageDto {
  @OneOf(['queued', 'delivered', 'dead'], { optional: true }) status?: string;
  @Whole({ min: 1, max: MANY, optional: true }) alert_id?: number;
}

export class DeliveryKeyDto {
  @Whole({ min: 1, max: MANY }) delivery_id: number;
}

class AttemptDto implements Attempt {
  @Time() at: string;
  @Flag() ok: boolean;
  @Text() detail: string;
  @Whole({ min: 0, max: MANY, about: 'how long it took, in milliseconds' }) ms: number;
}

export class DeliveryDto implements DeliveryView {
  @Whole({ min: 1, max: MANY }) id: number;
  @Whole({ min: 1, max: MANY }) alert_id: number;
  @Text() channel: string;
  @Text({ nullable: true, about: 'null: what is configured for the channel' }) target: string | null;
  @OneOf(['queued', 'delivered', 'dead']) status: DeliveryView['status'];
  @Text() idempotency_key: string;
  @ListOf(() => AttemptDto, { about: 'oldest first' }) attempts: AttemptDto[];
  @Part(() => NULLABLE_TIME) next_attempt_at: string | null;
  @Time() created_at: string;
  @Part(() => NULLABLE_TIME) delivered_at: string | null;
}

export class DeliveryListDto {
  @Whole({ min: 0, max: MANY, about: 'of this page' }) count: number;
  @Whole({ min: 0, max: MANY, about: 'of all pages' }) total: number;
  @ListOf(() => DeliveryDto) items: DeliveryDto[];
}
