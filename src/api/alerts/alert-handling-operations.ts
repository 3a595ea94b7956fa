import type {
  AlertHandlingService,
  DeliveryView,
  DryRunView,
  TrialView,
} from '../../application/alerts/alert-handling-service';
import type { Attempt } from '../../application/alerts/delivery-worker';
import { deliveryStatuses } from '../../domain/alerts/delivery';
import type { Json, JsonObject } from '../../domain/shared/json';
import { type Examples, unknown, unreadable } from '../http/example';
import { Decimal, Described, Flag, ListOf, MANY, OneOf, Open, Part, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { ALERT } from './alert-examples';
import {
  AlertDto,
  AlertRuleKeyDto,
  LAST_RULE,
  NULLABLE_TIME,
  PageDto,
  alertDetails,
  settings,
} from './alert-operations';

const GIVEN_UP = {
  id: 1,
  alert_id: 1,
  channel: 'email',
  target: 'shift@plant.example',
  status: 'dead',
  idempotency_key: '018fd3c2-7a10-7000-8000-0000000000a1',
  attempts: [{ at: '2026-01-05T08:15:02.114Z', ms: 5003, ok: false, detail: 'the mail server does not answer' }],
  next_attempt_at: null,
  created_at: '2026-01-05T08:15:02.114Z',
  delivered_at: null,
} as const;

const TRIAL_ALERT = {
  camera_id: 'gate',
  alert_type: 'violation_threshold',
  timestamp: '2026-01-05T08:15:02.114Z',
  message: '1 no_hairnet at gate within 10 min',
  details: { kind: 'alert', count: 1, threshold: 1 },
} as const;

const alertHandlingExamples = {
  test: {
    input: { rule_id: 11, hours: 24 },
    answer: {
      rule_id: 11,
      from: '2026-01-05T08:15:02.114Z',
      to: '2026-01-05T08:15:02.114Z',
      events: 3,
      count: 1,
      total: 1,
      alerts: [
        {
          ...TRIAL_ALERT,
          details: {
            ...TRIAL_ALERT.details,
            rule_name: 'Hairnet burst',
            priority: 'high',
            from: '2026-01-05T08:15:02.114Z',
            to: '2026-01-05T08:15:02.114Z',
          },
        },
      ],
    },
    varies: ['/events'],
    refused: unknown({ rule_id: 4040 }, 'alert_rule.not_found', 'There is no alert rule 4040.'),
  },
  tryOut: {
    input: {
      hours: 24,
      name: 'Hairnet burst',
      camera_id: 'gate',
      rule_type: 'violation_threshold',
      conditions: { violation_type: 'no_hairnet', threshold: 1, duration_minutes: 10 },
    },
    answer: {
      from: '2026-01-05T08:15:02.114Z',
      to: '2026-01-05T08:15:02.114Z',
      events: 3,
      count: 1,
      total: 1,
      alerts: [TRIAL_ALERT],
    },
    varies: ['/events', '/alerts/*/details'],
  },
  acknowledge: {
    input: { alert_id: 2, by: 'li' },
    answer: {
      ...ALERT,
      id: 2,
      status: 'acknowledged',
      acknowledged_at: '2026-01-05T08:15:02.114Z',
      acknowledged_by: 'li',
    },
    refused: unknown({ alert_id: 4040 }, 'alert.not_found', 'There is no alert 4040.'),
  },
  resolve: {
    input: { alert_id: 3, by: 'li', note: 'hairnets handed out' },
    answer: {
      ...ALERT,
      status: 'resolved',
      resolved_at: '2026-01-05T08:15:02.114Z',
      resolved_by: 'li',
      note: 'hairnets handed out',
    },
    refused: unknown({ alert_id: 4040 }, 'alert.not_found', 'There is no alert 4040.'),
  },
  deliveries: {
    input: { status: 'dead', limit: 1 },
    answer: { count: 1, total: 1, items: [GIVEN_UP] },
    refused: unreadable(
      { status: 'lost' },
      'status',
      'must be one of the following values: queued, delivered, dead',
      'enum',
    ),
  },
  replay: {
    input: { delivery_id: 1 },
    answer: { ...GIVEN_UP, status: 'queued', next_attempt_at: '2026-01-05T08:15:02.114Z' },
    refused: unknown({ delivery_id: 4040 }, 'alert_delivery.not_found', 'There is no delivery 4040.'),
  },
} satisfies Partial<Examples<AlertHandlingService>>;

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
