import type { AlertRule, NewAlertRule } from '../../api/generated';

export type RuleType = 'violation_threshold' | 'continuous_violation' | 'no_detection' | 'camera_down';
export type Channel = NonNullable<NewAlertRule['notification_channels']>[number];
export type Priority = NonNullable<NewAlertRule['priority']>;

export const RULE_TYPES: readonly RuleType[] = [
  'violation_threshold',
  'continuous_violation',
  'no_detection',
  'camera_down',
];
export const CHANNELS: readonly Channel[] = ['websocket', 'webhook', 'email', 'mqtt', 'log'];
export const PRIORITIES: readonly Priority[] = ['low', 'medium', 'high', 'critical'];

/** A rule as it is typed. */
export interface RuleDraft {
  readonly name: string;
  readonly camera: string;
  readonly type: RuleType;
  readonly threshold: string;
  readonly minDetections: string;
  readonly minutes: string;
  readonly cooldown: string;
  readonly violationType: string;
  readonly from: string;
  readonly to: string;
  readonly channels: readonly Channel[];
  readonly recipients: string;
  readonly enabled: boolean;
  readonly priority: Priority;
}

export const NEW_RULE: RuleDraft = {
  name: '',
  camera: '',
  type: 'violation_threshold',
  threshold: '3',
  minDetections: '1',
  minutes: '10',
  cooldown: '300',
  violationType: '',
  from: '',
  to: '',
  channels: ['websocket'],
  recipients: '',
  enabled: true,
  priority: 'medium',
};

const text = (value: number | undefined, fallback: string) => (value === undefined ? fallback : String(value));

export function draftOf({ conditions, ...rule }: AlertRule): RuleDraft {
  const minutes =
    conditions.duration_minutes ??
    (conditions.duration_seconds === undefined ? undefined : conditions.duration_seconds / 60);
  return {
    name: rule.name,
    camera: rule.camera_id ?? '',
    type: RULE_TYPES.find((type) => type === rule.rule_type) ?? 'violation_threshold',
    threshold: text(conditions.threshold, NEW_RULE.threshold),
    minDetections: text(conditions.min_detections, NEW_RULE.minDetections),
    minutes: text(minutes, NEW_RULE.minutes),
    cooldown: text(conditions.cooldown_seconds, NEW_RULE.cooldown),
    violationType: conditions.violation_type ?? '',
    from: conditions.schedule?.from ?? '',
    to: conditions.schedule?.to ?? '',
    channels: (rule.notification_channels ?? []).filter((name): name is Channel =>
      CHANNELS.some((channel) => channel === name),
    ),
    recipients: (rule.recipients ?? []).join('\n'),
    enabled: rule.enabled,
    priority: PRIORITIES.find((priority) => priority === rule.priority) ?? 'medium',
  };
}

/** Only the conditions that the type knows: others are faults. */
export function ruleOf(draft: RuleDraft, zone: string): NewAlertRule {
  const { type, from, to } = draft;
  const counts = type !== 'camera_down';
  return {
    name: draft.name,
    camera_id: draft.camera || null,
    rule_type: type,
    conditions: {
      duration_seconds: Math.round(Number(draft.minutes) * 60),
      cooldown_seconds: Number(draft.cooldown),
      ...(type === 'violation_threshold' ? { threshold: Number(draft.threshold) } : {}),
      ...(type === 'continuous_violation' || type === 'no_detection'
        ? { min_detections: Number(draft.minDetections) }
        : {}),
      ...(counts && draft.violationType ? { violation_type: draft.violationType } : {}),
      ...(from || to ? { schedule: { ...(from ? { from } : {}), ...(to ? { to } : {}), time_zone: zone } } : {}),
    },
    notification_channels: draft.channels,
    recipients: draft.recipients.split(/\s+/).filter(Boolean),
    enabled: draft.enabled,
    priority: draft.priority,
  };
}
