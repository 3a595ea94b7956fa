import type {
  AlertHandlingService,
  DeliveryView,
  DryRunView,
  HandlingOutcome,
  TrialView,
} from '../../application/alerts/alert-handling-service';
import type { Attempt } from '../../application/alerts/delivery-worker';
import { deliveryStatuses } from '../../domain/alerts/delivery';
import type { Json, JsonObject } from '../../domain/shared/json';
import {
  Decimal,
  Described,
  Flag,
  ListOf,
  ListOfWhole,
  MANY,
  OneOf,
  Open,
  Part,
  Text,
  Time,
  Whole,
  schemaOf,
} from '../http/fields';
import { operations } from '../http/operation';
import { orNull } from '../http/schemas';
import { alertHandlingExamples } from './alert-examples';
import {
  AlertDto,
  AlertRuleKeyDto,
  LAST_RULE,
  NULLABLE_TIME,
  PageDto,
  alertDetails,
  settings,
} from './alert-operations';

const MOST_AT_ONCE = 200;

class DryRunWishDto extends AlertRuleKeyDto {
  @Decimal({ min: 0.01, max: 168, step: 0.01, default: 24, about: 'how far back' }) hours = 24;
}

class DryAlertDto {
  @Text() camera_id: string;
  @Text() alert_type: string;
  @Time() timestamp: string;
  @Text() message: string;
  @Part(alertDetails) details: JsonObject;
}

class TrialDto implements TrialView {
  @Time() from: string;
  @Time() to: string;
  @Whole({ min: 0, max: MANY, about: 'events looked at' }) events: number;
  @Whole({ min: 0, max: MANY, about: 'alerts shown' }) count: number;
  @Whole({ min: 0, max: MANY, about: 'alerts there would have been' }) total: number;
  @ListOf(() => DryAlertDto, { about: 'oldest first' }) alerts: DryAlertDto[];
}

class DryRunDto extends TrialDto implements DryRunView {
  @Whole({ min: 1, max: LAST_RULE }) rule_id: number;
}

/** The fields of a rule that is not stored, and how far back it is tried. */
@Open
@Described(() => ({
  type: 'object',
  required: ['name', 'rule_type', 'conditions'],
  properties: { hours: { type: 'number', minimum: 0.01, maximum: 168, default: 24 }, ...settings() },
  additionalProperties: false,
}))
class RuleTrialDto {
  @Decimal({ min: 0.01, max: 168, step: 0.01, default: 24, about: 'how far back' }) hours = 24;
  [field: string]: Json;
}

class HandlingDto {
  @Whole({ min: 1, max: MANY }) alert_id: number;
  @Text({ min: 1, max: 100, optional: true, nullable: true }) by?: string | null;
  @Text({ max: 2_000, optional: true, nullable: true }) note?: string | null;
}

class ManyHandledDto {
  @ListOfWhole({ min: 1, max: MANY, most: MOST_AT_ONCE }) alert_ids: number[];
  @Text({ min: 1, max: 100, optional: true, nullable: true }) by?: string | null;
  @Text({ max: 2_000, optional: true, nullable: true }) note?: string | null;
}

class HandlingOutcomeDto implements HandlingOutcome {
  @Whole({ min: 1, max: MANY }) id: number;
  @Flag() ok: boolean;
  @Part(() => orNull(schemaOf(AlertDto)), { about: 'as it is stored now' }) alert: AlertDto | null;
  @Text({ nullable: true, about: 'why it was not changed' }) code: string | null;
  @Text({ nullable: true }) detail: string | null;
}

class HandlingOutcomesDto {
  @Flag({ about: 'whether all were changed' }) ok: boolean;
  @ListOf(() => HandlingOutcomeDto, { about: 'in the order of the ids' }) results: HandlingOutcomeDto[];
}

class DeliveryQueryDto extends PageDto {
  @OneOf(deliveryStatuses, { optional: true }) status?: string;
  @Whole({ min: 1, max: MANY, optional: true }) alert_id?: number;
}

class DeliveryKeyDto {
  @Whole({ min: 1, max: MANY }) delivery_id: number;
}

class AttemptDto implements Attempt {
  @Time() at: string;
  @Flag() ok: boolean;
  @Text() detail: string;
  @Whole({ min: 0, max: MANY, about: 'how long it took, in milliseconds' }) ms: number;
}

class DeliveryDto implements DeliveryView {
  @Whole({ min: 1, max: MANY }) id: number;
  @Whole({ min: 1, max: MANY }) alert_id: number;
  @Text() channel: string;
  @Text({ nullable: true, about: 'null: what is configured for the channel' }) target: string | null;
  @OneOf(deliveryStatuses) status: DeliveryView['status'];
  @Text() idempotency_key: string;
  @ListOf(() => AttemptDto, { about: 'oldest first' }) attempts: AttemptDto[];
  @Part(() => NULLABLE_TIME) next_attempt_at: string | null;
  @Time() created_at: string;
  @Part(() => NULLABLE_TIME) delivered_at: string | null;
}

class DeliveryListDto {
  @Whole({ min: 0, max: MANY, about: 'of this page' }) count: number;
  @Whole({ min: 0, max: MANY, about: 'of all pages' }) total: number;
  @ListOf(() => DeliveryDto) items: DeliveryDto[];
}

/** Operations the old backend does not have: they have one implementation and are not switched. */
export const alertHandlingOperations = operations<AlertHandlingService>('alert-handling', {
  test: {
    http: 'POST /alerts/rules/{rule_id}/test',
    summary: 'What the rule would have told over the last hours; nothing is sent',
    call: (handling, input) => handling.test(input),
    input: DryRunWishDto,
    output: DryRunDto,
    example: alertHandlingExamples.test,
    effect: 'read',
  },
  tryOut: {
    http: 'POST /alerts/rules/test',
    summary: 'What a rule that is not stored would have told over the last hours; nothing is sent',
    call: (handling, input) => handling.tryOut(input),
    input: RuleTrialDto,
    output: TrialDto,
    example: alertHandlingExamples.tryOut,
    effect: 'read',
  },
  acknowledge: {
    http: 'POST /alerts/history/{alert_id}/acknowledge',
    summary: 'Somebody takes care of the alert',
    call: (handling, input) => handling.acknowledge(input),
    input: HandlingDto,
    output: AlertDto,
    example: alertHandlingExamples.acknowledge,
  },
  acknowledgeMany: {
    http: 'POST /alerts/history/acknowledge',
    summary: 'Somebody takes care of many alerts at once',
    call: (handling, input) => handling.acknowledgeMany(input),
    input: ManyHandledDto,
    output: HandlingOutcomesDto,
    example: alertHandlingExamples.acknowledgeMany,
  },
  resolve: {
    http: 'POST /alerts/history/{alert_id}/resolve',
    summary: 'The alert is dealt with',
    call: (handling, input) => handling.resolve(input),
    input: HandlingDto,
    output: AlertDto,
    example: alertHandlingExamples.resolve,
  },
  deliveries: {
    http: 'GET /alerts/deliveries',
    summary: 'Notices on their way, each with its attempts, newest first',
    call: (handling, input) => handling.deliveries(input),
    input: DeliveryQueryDto,
    output: DeliveryListDto,
    example: alertHandlingExamples.deliveries,
  },
  replay: {
    http: 'POST /alerts/deliveries/{delivery_id}/replay',
    summary: 'Try a notice that was given up once more',
    call: (handling, input) => handling.replay(input),
    input: DeliveryKeyDto,
    output: DeliveryDto,
    example: alertHandlingExamples.replay,
  },
});
