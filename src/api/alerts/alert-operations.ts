import { type AlertRuleView, type AlertView, alertRuleFor } from '../../application/alerts/alert-views';
import type { AlertsPort } from '../../application/alerts/alerts-port';
import { alertStatuses } from '../../domain/alerts/alert';
import { CONDITIONS, RULE_TYPES } from '../../domain/alerts/alert-conditions';
import { ALERT_RULE_FIELDS } from '../../domain/alerts/alert-rule';
import type { Json, JsonObject } from '../../domain/shared/json';
import { Described, Flag, ListOf, MANY, NotBefore, OneOf, Open, Part, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { named } from '../http/schemas';
import { alertExamples as examples } from './alert-examples';

/** Rule ids are PostgreSQL integers. */
export const LAST_RULE = 2_147_483_647;

/** The conditions of all types; docs/alerts.md says which belongs to which type, and the domain checks it. */
const conditions = (): JsonObject =>
  named('AlertConditions', {
    type: 'object',
    properties: Object.assign(
      {},
      ...RULE_TYPES.map((type) =>
        Object.fromEntries(Object.entries(CONDITIONS[type]).map(([name, { schema }]) => [name, schema])),
      ),
    ) as JsonObject,
    additionalProperties: false,
  });

export const settings = (): Record<string, JsonObject> => ({
  ...Object.fromEntries(Object.entries(ALERT_RULE_FIELDS).map(([name, { schema }]) => [name, schema])),
  conditions: conditions(),
});

export class PageDto {
  @Whole({ min: 1, max: 1000, default: 100 }) limit = 100;
  @Whole({ min: 0, max: LAST_RULE, default: 0 }) offset = 0;
}

class AlertRuleQueryDto extends PageDto {
  /** The old list had no pages: a request without a limit gets all. */
  @Whole({ min: 1, max: 1000, default: 1000 }) override limit = 1000;
  @Text({ max: 200, optional: true, about: 'rules of this camera; not those of every camera' }) camera_id?: string;
  @Flag({ optional: true }) enabled?: boolean;
}

export class AlertRuleKeyDto {
  @Whole({ min: 1, max: LAST_RULE }) rule_id: number;
}

/** The fields of a new rule; the domain checks them. */
@Open
@Described(() => ({
  type: 'object',
  required: ['name', 'rule_type', 'conditions'],
  properties: settings(),
  additionalProperties: false,
}))
class NewAlertRuleDto {
  [field: string]: Json;
}

/** The fields to change; `null` resets one to its default. */
@Open
@Described(() => ({
  type: 'object',
  properties: { rule_id: { type: 'integer', minimum: 1, maximum: LAST_RULE }, ...settings() },
  additionalProperties: true,
}))
class AlertRulePatchDto {
  @Whole({ min: 1, max: LAST_RULE }) rule_id: number;
  [field: string]: Json;
}

const LIMITS = new Set(['minimum', 'maximum', 'minLength', 'maxLength']);

/** Rules of an old installation may have other members and other limits. */
const storedConditions = (): JsonObject =>
  named('StoredAlertConditions', {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(conditions().properties as Readonly<Record<string, JsonObject>>).map(([name, schema]) => [
        name,
        Object.fromEntries(Object.entries(schema).filter(([rule]) => !LIMITS.has(rule))),
      ]),
    ),
    additionalProperties: true,
    description: 'as AlertConditions; imported ones may have other members and limits',
  });

class AlertRuleDto implements AlertRuleView {
  @Whole({ min: 1, max: LAST_RULE }) id: number;
  @Text() name: string;
  @Text({ nullable: true, about: 'null: every camera, each for itself' }) camera_id: string | null;
  @Text() rule_type: string;
  @Part(storedConditions) conditions: JsonObject;
  @Part(() => ({ type: ['array', 'null'], items: { type: 'string' } })) notification_channels: string[] | null;
  @Part(() => ({ type: ['array', 'null'], items: { type: 'string' } })) recipients: string[] | null;
  @Flag() enabled: boolean;
  @Text() priority: string;
  @Time() created_at: string;
  @Time() updated_at: string;
  @Text({ nullable: true }) created_by: string | null;
}

class ListedDto {
  @Whole({ min: 0, max: MANY, about: 'of this page' }) count: number;
  @Whole({ min: 0, max: MANY, about: 'of all pages' }) total: number;
}

class AlertRuleListDto extends ListedDto {
  @ListOf(() => AlertRuleDto) items: AlertRuleDto[];
}

class OkDto {
  @Flag() ok: true;
}

class AlertRuleCreatedDto extends OkDto {
  @Whole({ min: 1, max: LAST_RULE }) id: number;
}

class AlertQueryDto extends PageDto {
  @Text({ max: 200, optional: true }) camera_id?: string;
  @Text({ max: 200, optional: true }) alert_type?: string;
  @OneOf(alertStatuses, { optional: true }) status?: string;
  @Time({ optional: true }) from?: string;
  @NotBefore('from') @Time({ optional: true, about: 'not included' }) to?: string;
}

/** Further members depend on the rule: docs/alerts.md. */
export const alertDetails = (): JsonObject =>
  named('AlertDetails', {
    type: 'object',
    properties: {
      kind: { type: 'string', description: 'alert, summary, recovery or news' },
      rule_name: { type: 'string' },
      priority: { type: 'string' },
    },
    additionalProperties: true,
  });

export class AlertDto implements AlertView {
  @Whole({ min: 1, max: MANY }) id: number;
  @Part(() => ({ type: ['integer', 'null'] })) rule_id: number | null;
  @Text({ about: '*: no camera, the site itself' }) camera_id: string;
  @Text() alert_type: string;
  @Text({ nullable: true }) message: string | null;
  @Part(alertDetails) details: JsonObject;
  @Flag() notification_sent: boolean;
  @Part(() => ({ type: ['array', 'null'], items: { type: 'string' } })) notification_channels_used: string[] | null;
  @Time() timestamp: string;
  @OneOf(alertStatuses) status: AlertView['status'];
  @Part(() => NULLABLE_TIME) acknowledged_at: string | null;
  @Text({ nullable: true }) acknowledged_by: string | null;
  @Part(() => NULLABLE_TIME) resolved_at: string | null;
  @Text({ nullable: true }) resolved_by: string | null;
  @Text({ nullable: true }) note: string | null;
}

export const NULLABLE_TIME: JsonObject = { type: ['string', 'null'], format: 'date-time' };

class AlertListDto extends ListedDto {
  @ListOf(() => AlertDto) items: AlertDto[];
}

const read = 'alert-read';
const write = 'alert-rules';

export const alertOperations = operations<AlertsPort>('alerts', {
  list: {
    http: 'GET /alerts/rules',
    summary: 'List alert rules, newest first',
    call: (alerts, input) => alerts.list(input),
    input: AlertRuleQueryDto,
    output: AlertRuleListDto,
    example: examples.list,
    group: read,
    shown: (list, role) => ({ ...list, items: list.items.map((rule) => alertRuleFor(rule, role)) }),
  },
  get: {
    http: 'GET /alerts/rules/{rule_id}',
    summary: 'One alert rule',
    call: (alerts, input) => alerts.get(input),
    input: AlertRuleKeyDto,
    output: AlertRuleDto,
    example: examples.get,
    group: read,
    shown: alertRuleFor,
    stickyBy: 'rule_id',
  },
  create: {
    http: 'POST /alerts/rules',
    summary: 'Add an alert rule',
    call: (alerts, input) => alerts.create(input),
    input: NewAlertRuleDto,
    output: AlertRuleCreatedDto,
    example: examples.create,
    group: write,
    fallback: 'ifRolledBack',
  },
  update: {
    http: 'PUT /alerts/rules/{rule_id}',
    summary: 'Change some fields of an alert rule',
    call: (alerts, input) => alerts.update(input),
    input: AlertRulePatchDto,
    output: OkDto,
    example: examples.update,
    group: write,
    stickyBy: 'rule_id',
    fallback: 'ifRolledBack',
  },
  remove: {
    http: 'DELETE /alerts/rules/{rule_id}',
    summary: 'Remove an alert rule; what it told stays',
    call: (alerts, input) => alerts.remove(input),
    input: AlertRuleKeyDto,
    output: OkDto,
    example: examples.remove,
    group: write,
    stickyBy: 'rule_id',
    fallback: 'ifRolledBack',
  },
  history: {
    http: 'GET /alerts/history-db',
    summary: 'What was told, newest first',
    call: (alerts, input) => alerts.history(input),
    input: AlertQueryDto,
    output: AlertListDto,
    example: examples.history,
    group: read,
  },
});
