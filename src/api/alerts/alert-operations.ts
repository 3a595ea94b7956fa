import type { AlertsPort } from '../../application/alerts/alerts-port';
import { alertRuleFor } from '../../application/alerts/alert-views';
import { operations } from '../http/operation';
import {
  AlertListDto,
  AlertQueryDto,
  AlertRuleCreatedDto,
  AlertRuleDto,
  AlertRuleKeyDto,
  AlertRuleListDto,
  AlertRulePatchDto,
  AlertRuleQueryDto,
  NewAlertRuleDto,
  OkDto,
} from './alert-dto';
import { alertExamples as examples } from './alert-examples';

const read = 'alert-read';
const write = 'alert-rules';

export const alertOperations = operations<AlertsPort>('alerts', {
  list: {
    http: 'GET /alerts/rules',
    summary: 'List alert rules, newest first',
    input: AlertRuleQueryDto,
    output: AlertRuleListDto,
    example: examples.list,
    group: read,
    shown: (list, role) => ({ ...list, items: list.items.map((rule) => alertRuleFor(rule, role)) }),
  },
  get: {
    http: 'GET /alerts/rules/{rule_id}',
    summary: 'One alert rule',
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
    input: NewAlertRuleDto,
    output: AlertRuleCreatedDto,
    example: examples.create,
    group: write,
    fallback: 'ifRolledBack',
  },
  update: {
    http: 'PUT /alerts/rules/{rule_id}',
    summary: 'Change some fields of an alert rule',
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
    input: AlertQueryDto,
    output: AlertListDto,
    example: examples.history,
    group: read,
  },
});
