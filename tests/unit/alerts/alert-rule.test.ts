import { AlertRule } from '../../../src/domain/alerts/alert-rule';
import { watched } from '../../../src/domain/alerts/watched-rule';
import { DomainError } from '../../../src/domain/shared/domain-error';
import type { Json, JsonObject } from '../../../src/domain/shared/json';

const NOW = new Date('2026-01-05T00:00:00Z');
const PLAIN = { name: '测试规则', rule_type: 'violation', conditions: { threshold: 5 } };

/** Where the faults of a refused rule are, and of which type. */
function faultsOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof DomainError) return (error.details.faults ?? []).map((f) => `${f.path.join('.')} ${f.type}`);
    throw error;
  }
  return [];
}
const refused = (input: JsonObject) => faultsOf(() => AlertRule.register(input, NOW));
const withConditions = (conditions: Json, rule_type = 'violation_threshold') => ({ name: 'n', rule_type, conditions });

describe('an alert rule', () => {
  it('is a name, a type and conditions; everything else has a default', () => {
    expect(AlertRule.register(PLAIN, NOW).fields).toEqual({
      name: '测试规则',
      rule_type: 'violation_threshold',
      conditions: { threshold: 5 },
      camera_id: null,
      notification_channels: ['websocket'],
      recipients: [],
      enabled: true,
      priority: 'medium',
      created_by: null,
    });
  });

  it.each<[string, JsonObject, string[]]>([
    ['nothing at all', {}, ['name missing', 'rule_type missing', 'conditions missing']],
    ['a missing name', { rule_type: 'violation', conditions: { threshold: 1 } }, ['name missing']],
    ['an empty name', { ...PLAIN, name: '  ' }, ['name missing']],
    ['a name of 101 letters', { ...PLAIN, name: 'x'.repeat(101) }, ['name range']],
    ['an unknown type', { ...PLAIN, rule_type: 'violations' }, ['rule_type enum']],
    ['a type that is no text', { ...PLAIN, rule_type: 7 }, ['rule_type enum']],
    ['conditions null', withConditions(null), ['conditions type']],
    ['conditions in a list', withConditions([]), ['conditions type']],
    ['conditions in a text', withConditions('{}'), ['conditions type']],
    ['a missing threshold', withConditions({}), ['conditions.threshold missing']],
    ['threshold 0', withConditions({ threshold: 0 }), ['conditions.threshold range']],
    ['a negative threshold', withConditions({ threshold: -1 }), ['conditions.threshold range']],
    ['a threshold in a text', withConditions({ threshold: '5' }), ['conditions.threshold type']],
    ['a broken threshold', withConditions({ threshold: 1.5 }), ['conditions.threshold type']],
    ['a threshold null', withConditions({ threshold: null }), ['conditions.threshold type']],
    [
      'a misspelt condition',
      withConditions({ treshold: 5 }),
      ['conditions.threshold missing', 'conditions.treshold unknown_field'],
    ],
    [
      'a condition of another type',
      withConditions({ threshold: 1 }, 'no_detection'),
      ['conditions.threshold unknown_field'],
    ],
    [
      'what is no type of violation',
      withConditions({ threshold: 1, violation_type: 'No hat' }),
      ['conditions.violation_type pattern'],
    ],
    [
      'two durations',
      withConditions({ threshold: 1, duration_minutes: 1, duration_seconds: 60 }),
      ['conditions.duration_seconds conflict'],
    ],
    [
      'a duration over a day',
      withConditions({ threshold: 1, duration_minutes: 1441 }),
      ['conditions.duration_minutes range'],
    ],
    ['no labels', withConditions({ threshold: 1, labels: [] }), ['conditions.labels type']],
    ['a label that is no text', withConditions({ threshold: 1, labels: ['A', 1] }), ['conditions.labels.1 type']],
    [
      'a negative cooldown',
      withConditions({ threshold: 1, cooldown_seconds: -1 }),
      ['conditions.cooldown_seconds range'],
    ],
    [
      'no detections',
      withConditions({ min_detections: 0 }, 'continuous_violation'),
      ['conditions.min_detections range'],
    ],
    [
      'a schedule with five faults',
      withConditions({
        threshold: 1,
        schedule: { weekdays: ['mon', 'x'], from: '8', to: '25:00', time_zone: 'Mars/Base', silent_until: 'soon' },
      }),
      [
        'conditions.schedule.weekdays.1 enum',
        'conditions.schedule.from pattern',
        'conditions.schedule.to pattern',
        'conditions.schedule.time_zone enum',
        'conditions.schedule.silent_until pattern',
      ],
    ],
    [
      'a schedule without length',
      withConditions({ threshold: 1, schedule: { from: '08:00', to: '08:00' } }),
      ['conditions.schedule.to range'],
    ],
    ['an unknown channel', { ...PLAIN, notification_channels: ['email', 'sms'] }, ['notification_channels.1 enum']],
    ['a channel twice', { ...PLAIN, notification_channels: ['log', 'log'] }, ['notification_channels.1 duplicate']],
    ['channels in a text', { ...PLAIN, notification_channels: 'log' }, ['notification_channels type']],
    [
      '101 recipients',
      { ...PLAIN, recipients: Array.from({ length: 101 }, (_, i) => `a${i}@b.example`) },
      ['recipients range'],
    ],
    [
      '10,000 recipients',
      { ...PLAIN, recipients: Array.from({ length: 10_000 }, (_, i) => `a${i}@b.example`) },
      ['recipients too_large'],
    ],
    [
      'recipients nobody can write to',
      { ...PLAIN, recipients: ['nobody', 'http://', 5, 'ftp://x/', 'a@b@c', 'https://u:p@h/'] },
      [
        'recipients.0 pattern',
        'recipients.1 pattern',
        'recipients.2 type',
        'recipients.3 pattern',
        'recipients.4 pattern',
        'recipients.5 forbidden',
      ],
    ],
    ['an unknown priority', { ...PLAIN, priority: 'urgent' }, ['priority enum']],
    ['enabled in a text', { ...PLAIN, enabled: 'yes' }, ['enabled type']],
    ['a camera that names a path', { ...PLAIN, camera_id: '../x' }, ['camera_id pattern']],
    ['an unknown field', { ...PLAIN, chanels: [] }, ['chanels unknown_field']],
    [
      'many faults at once',
      { rule_type: 'violation', conditions: { threshold: 0 }, priority: 1, recipients: 'x' },
      ['name missing', 'rule_type', 'conditions.threshold range', 'priority enum', 'recipients type'].filter(
        (f) => f !== 'rule_type',
      ),
    ],
  ])('is refused with %s', (_what, input, faults) => {
    expect(refused(input).sort()).toEqual([...faults].sort());
  });

  it('suggests what a misspelt condition was probably meant to be', () => {
    expect(() => AlertRule.register(withConditions({ treshold: 5 }), NOW)).toThrow('(and 1 more)');
    expect(() => AlertRule.register({ ...PLAIN, conditions: { threshold: 5, lables: ['A'] } }, NOW)).toThrow(
      'conditions.lables: is not a condition of violation_threshold: did you mean labels?',
    );
  });

  it.each([
    ['violation_threshold', 'time_window_minutes', 'threshold, violation_type, labels, duration_minutes,'],
    ['camera_down', 'threshold', 'recovery_seconds, duration_minutes,'],
  ])('names the conditions of %s where %s is none', (type, name, names) => {
    const conditions = { ...(type === 'camera_down' ? {} : { threshold: 3 }), [name]: 10 };
    const said = `conditions.${name}: is not a condition of ${type}: the conditions are ${names}`;
    expect(() => AlertRule.register(withConditions(conditions, type), NOW)).toThrow(said);
  });

  it('takes nulls and blanks of old clients as the default', () => {
    const nothing = { camera_id: '', notification_channels: [], recipients: null, enabled: null, priority: null };
    expect(AlertRule.register({ ...PLAIN, ...nothing }, NOW).fields).toEqual(AlertRule.register(PLAIN, NOW).fields);
  });

  it('keeps a schedule and a cooldown in its conditions, wherever they are written', () => {
    const schedule = { weekdays: ['mon'], from: '08:00', to: '17:00', time_zone: 'Europe/Berlin' };
    const rule = AlertRule.register({ ...PLAIN, schedule, cooldown_seconds: 60 }, NOW);
    expect(rule.fields.conditions).toEqual({ threshold: 5, schedule, cooldown_seconds: 60 });
    expect(rule.change({ cooldown_seconds: 5 }, NOW).fields.conditions).toMatchObject({
      threshold: 5,
      cooldown_seconds: 5,
    });
  });

  it('holds every value in force, times in milliseconds', () => {
    const rule = AlertRule.register({ ...PLAIN, camera_id: 'cam1' }, NOW);
    expect(rule).toMatchObject({ name: '测试规则', cameraId: 'cam1', type: 'violation_threshold', enabled: true });
    expect(rule).toMatchObject({ channels: ['websocket'], recipients: [], priority: 'medium', createdBy: null });
    expect(rule.conditions).toEqual({
      threshold: 5,
      minDetections: 1,
      durationMs: 600_000,
      cooldownMs: 300_000,
      recoveryMs: 30_000,
      violationType: undefined,
      labels: new Set(),
      schedule: undefined,
    });
  });

  it.each<[string, JsonObject, object]>([
    ['continuous_violation', {}, { minDetections: 3, durationMs: 30_000 }],
    ['no_detection', { min_detections: 2, duration_minutes: 5 }, { minDetections: 2, durationMs: 300_000 }],
    ['camera_down', { duration_seconds: 7, recovery_seconds: 0 }, { durationMs: 7_000, recoveryMs: 0 }],
    ['no_detection', { labels: ['A', 'B'], cooldown_seconds: 0 }, { labels: new Set(['A', 'B']), cooldownMs: 0 }],
    [
      'no_detection',
      { schedule: { weekdays: ['Tue', 3], from: '08:30' } },
      { schedule: { weekdays: [2, 3], from: 510, to: 1440, timeZone: 'UTC' } },
    ],
  ])('reads the conditions of %s: %j', (type, conditions, read) => {
    expect(AlertRule.register(withConditions(conditions, type), NOW).conditions).toMatchObject(read);
  });

  it('of the old backend can be read, whatever it holds; what cannot be used counts as not written', () => {
    const odd = {
      name: 'n',
      rule_type: 'no_detection',
      conditions: { duration_minutes: '5', labels: [1], schedule: 2 },
    };
    const read = { durationMs: 600_000, labels: new Set(), schedule: undefined };
    expect(AlertRule.restore(1, odd, NOW, NOW).conditions).toMatchObject(read);
    const unknown = AlertRule.restore(
      1,
      { ...odd, rule_type: 'odd', conditions: [], recipients: null, notification_channels: [{ toString: 1 }, 'sms'] },
      NOW,
      NOW,
    );
    expect(unknown).toMatchObject({ type: undefined, typeName: 'odd', conditions: undefined, recipients: [] });
    expect(unknown.channels).toContain('sms');
  });

  it('has another fingerprint only with other conditions', () => {
    const rule = AlertRule.register(PLAIN, NOW);
    expect(rule.change({ name: 'x', enabled: false }, NOW).fingerprint).toBe(rule.fingerprint);
    expect(rule.change({ cooldown_seconds: 1 }, NOW).fingerprint).not.toBe(rule.fingerprint);
    expect(rule.change({ camera_id: 'cam1' }, NOW).fingerprint).not.toBe(rule.fingerprint);
    // Stored with what was counted: another one after an update of this service would make every rule begin anew.
    expect(rule.fingerprint).toBe('yIL7TXgeglvi1JIv');
  });

  it('is watched while it is enabled and its type is known', () => {
    const rule = AlertRule.register(PLAIN, NOW);
    const { fingerprint } = rule;
    expect(watched(rule)).toEqual({
      ...rule.conditions,
      id: 0,
      type: 'violation_threshold',
      cameraId: undefined,
      since: NOW.getTime(),
      fingerprint,
      rule,
    });
    expect(watched(rule.change({ enabled: false }, NOW))).toBeUndefined();
    expect(watched(AlertRule.restore(1, { ...rule.fields, rule_type: 'odd' }, NOW, NOW))).toBeUndefined();
  });

  describe('that is changed', () => {
    const rule = AlertRule.register(PLAIN, NOW);
    const later = new Date(NOW.getTime() + 1_000);

    it('is a new rule, younger only if it differs', () => {
      const changed = rule.change({ enabled: false }, later);
      expect(changed).toMatchObject({ updatedAt: later, createdAt: NOW, enabled: false });
      expect(rule.enabled).toBe(true);
      expect(rule.change({ enabled: true }, later)).toBe(rule);
    });

    it('takes its own answer sent back as no change', () => {
      const answer = { id: 3, ...rule.fields, created_at: 'x', updated_at: 'y' };
      expect(rule.change(answer, later)).toBe(rule);
    });

    it('may not have conditions of another type', () => {
      expect(faultsOf(() => rule.change({ rule_type: 'camera_down' }, later))).toEqual([
        'conditions.threshold unknown_field',
      ]);
      expect(rule.change({ rule_type: 'camera_down', conditions: {} }, later).type).toBe('camera_down');
    });

    it('is judged by what is changed only: a rule of the old backend can be switched off as it is', () => {
      const old = AlertRule.restore(1, { ...rule.fields, rule_type: 'odd', conditions: { x: 1 } }, NOW, NOW);
      expect(old.type).toBeUndefined();
      expect(old.change({ enabled: false }, later).enabled).toBe(false);
      expect(faultsOf(() => old.change({ priority: 'x' }, later))).toEqual(['priority enum']);
    });
  });
});
