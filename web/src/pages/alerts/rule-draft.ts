import type { AlertConditions, AlertRule, NewAlertRule } from '../../api/generated';

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

type Conditions = AlertConditions;

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
  /** Conditions that this form has no field for; they stay as they are. */
  readonly kept: Pick<Conditions, 'labels' | 'recovery_seconds' | 'schedule'>;
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
  kept: {},
};

const text = (value: number | undefined, fallback: string) => (value === undefined ? fallback : String(value));

export function draftOf({ conditions, ...rule }: AlertRule): RuleDraft {
  const { labels, recovery_seconds, schedule } = conditions;
  const { from = '', to = '', ...times } = schedule ?? {};
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
    from,
    to,
    channels: (rule.notification_channels ?? []).filter((name): name is Channel =>
      CHANNELS.some((channel) => channel === name),
    ),
    recipients: (rule.recipients ?? []).join('\n'),
    enabled: rule.enabled,
    priority: PRIORITIES.find((priority) => priority === rule.priority) ?? 'medium',
    kept: {
      ...(labels ? { labels } : {}),
      ...(recovery_seconds === undefined ? {} : { recovery_seconds }),
      ...(schedule ? { schedule: times } : {}),
    },
  };
}

/** Only the conditions that the type knows: others are faults. */
export function ruleOf(draft: RuleDraft, zone: string): NewAlertRule {
  const { type, kept } = draft;
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
      ...(counts && kept.labels ? { labels: kept.labels } : {}),
      ...(type === 'camera_down' && kept.recovery_seconds !== undefined
        ? { recovery_seconds: kept.recovery_seconds }
        : {}),
      ...scheduleOf(draft, zone),
    },
    notification_channels: draft.channels,
    recipients: draft.recipients.split(/\s+/).filter(Boolean),
    enabled: draft.enabled,
    priority: draft.priority,
  };
}

function scheduleOf({ from, to, kept }: RuleDraft, zone: string): Pick<Conditions, 'schedule'> {
  const schedule = { ...kept.schedule, ...(from ? { from } : {}), ...(to ? { to } : {}) };
  if (Object.keys(schedule).length === 0) return {};
  return { schedule: { ...schedule, time_zone: kept.schedule?.time_zone ?? zone } };
}

/** When a rule speaks again; undefined while it is not silenced. */
export function silentUntil({ conditions }: AlertRule, now: number): string | undefined {
  const until = conditions.schedule?.silent_until;
  return until !== undefined && Date.parse(until) > now ? until : undefined;
}

/** The conditions of a rule that stays silent for so many hours; 0 ends the silence. */
export function silenced({ conditions }: AlertRule, hours: number, now: number): Conditions {
  const { silent_until: _, ...schedule } = conditions.schedule ?? {};
  if (hours > 0) Object.assign(schedule, { silent_until: new Date(now + hours * 3_600_000).toISOString() });
  const { schedule: __, ...others } = conditions;
  return Object.keys(schedule).length === 0 ? others : { ...others, schedule };
}
