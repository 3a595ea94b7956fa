import type { JsonObject } from '../../../src/domain/shared/json';
import { START, play, ruleOf } from './scenario';

const many = (from: number, to: number, every: number): string =>
  Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => `e${from + i * every}`).join(' ');

type Case = readonly [says: string, conditions: JsonObject, inputs: string, decisions: string];

const at = (text: string): number => new Date(text).getTime();
const WORK = { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '17:00', time_zone: 'Europe/Berlin' };

describe('violation_threshold', () => {
  it.each<Case>([
    ['alerts with the event that reaches it', { threshold: 3 }, 'e0 e10 e20', 'alert@20'],
    ['is silent below it', { threshold: 3 }, 'e0 e10 t10000', ''],
    [
      'alerts with every event when it is 1 and nothing is held back',
      { threshold: 1, cooldown_seconds: 0 },
      'e0 e1 e2',
      'alert@0 alert@1 alert@2',
    ],
    ['forgets what left the window', { threshold: 3, duration_seconds: 60 }, 'e0 e30 e61', ''],
    ['does not count an event that is exactly one window old', { threshold: 2, duration_seconds: 60 }, 'e0 e60', ''],
    ['counts one that is a little younger', { threshold: 2, duration_seconds: 60 }, 'e0 e59.9', 'alert@59.9'],
    ['has a window of ten minutes by default', { threshold: 2 }, 'e0 e599', 'alert@599'],
    ['takes minutes as well as seconds', { threshold: 2, duration_minutes: 1 }, 'e0 e60 e119', 'alert@119'],
    ['slides', { threshold: 3, duration_seconds: 10 }, 'e0 e5 e11 e13', 'alert@13'],
    [
      'holds back what follows, and sums it up once at the end',
      { threshold: 1 },
      'e0 e1 e2 e3 t300',
      'alert@0 summary(3)@300',
    ],
    ['says nothing at the end when nothing was held back', { threshold: 1 }, 'e0 t300 t900', 'alert@0'],
    [
      'sums up with the next event when no time came before',
      { threshold: 2 },
      'e0 e1 e2 e400',
      'alert@1 summary(1)@301',
    ],
    [
      'does not let a suppressed event make the cooldown longer',
      { threshold: 1, cooldown_seconds: 60 },
      'e0 e59 e60',
      'alert@0 summary(1)@60 alert@60',
    ],
    [
      'does not count suppressed events towards the next alert',
      { threshold: 2, cooldown_seconds: 60 },
      'e0 e1 e50 e61 e62',
      'alert@1 summary(1)@61 alert@62',
    ],
    ['counts afresh after an alert', { threshold: 3, cooldown_seconds: 1 }, 'e0 e1 e2 e4 e5', 'alert@2'],
    [
      'makes 1 alert and 1 summary of 1,000 events in a minute',
      { threshold: 5 },
      `${many(0, 59.94, 0.06)} t1000`,
      'alert@0.24 summary(995)@300.24',
    ],
    ['counts an event that comes late in its place', { threshold: 3, duration_seconds: 60 }, 'e50 e0 e55', 'alert@55'],
    ['leaves an event out that comes too late', { threshold: 2, duration_seconds: 60 }, 'e100 e10', ''],
    ['takes events at the same moment', { threshold: 2 }, 'e5 e5', 'alert@5'],
  ])('%s', (_says, conditions, inputs, decisions) => {
    expect(play(ruleOf('violation', conditions), inputs)).toBe(decisions);
  });

  it.each<readonly [says: string, start: string, schedule: JsonObject, decisions: string]>([
    ['alerts in its hours', '2026-01-05T07:00:00Z', WORK, 'alert@0'],
    ['is silent a minute before', '2026-01-05T06:59:00Z', WORK, ''],
    ['is silent at the end, which is excluded', '2026-01-05T16:00:00Z', WORK, ''],
    ['alerts in the last minute', '2026-01-05T15:59:59Z', WORK, 'alert@0'],
    ['is silent on a Sunday', '2026-01-04T09:00:00Z', WORK, ''],
    [
      'knows that it is Sunday elsewhere already',
      '2026-01-03T23:30:00Z',
      { ...WORK, weekdays: ['sat'], from: '00:00', to: '24:00' },
      '',
    ],
    ['follows daylight saving time: 07:30 UTC is 09:30 in summer', '2026-07-06T06:00:00Z', WORK, 'alert@0'],
    ['and 06:00 UTC is 07:00 in winter', '2026-01-05T06:00:00Z', WORK, ''],
    [
      'is open for both hours when clocks go back',
      '2026-10-25T01:30:00Z',
      { from: '02:00', to: '03:00', time_zone: 'Europe/Berlin' },
      'alert@0',
    ],
    [
      'and for the first of them',
      '2026-10-25T00:30:00Z',
      { from: '02:00', to: '03:00', time_zone: 'Europe/Berlin' },
      'alert@0',
    ],
    [
      'has no hour that clocks skip: 01:00 UTC is 03:00',
      '2026-03-29T01:00:00Z',
      { from: '02:00', to: '03:00', time_zone: 'Europe/Berlin' },
      '',
    ],
    ['reaches over midnight', '2026-01-06T03:00:00Z', { weekdays: ['mon'], from: '22:00', to: '06:00' }, 'alert@0'],
    [
      'and counts to the day it began on',
      '2026-01-05T03:00:00Z',
      { weekdays: ['mon'], from: '22:00', to: '06:00' },
      '',
    ],
    [
      'knows zones off by a part of an hour',
      '2026-01-05T02:15:00Z',
      { from: '08:00', to: '08:01', time_zone: 'Asia/Kathmandu' },
      'alert@0',
    ],
    ['takes numbers for days', '2026-01-05T03:00:00Z', { weekdays: [1] }, 'alert@0'],
  ])('with a schedule %s', (_says, start, schedule, decisions) => {
    const conditions = { threshold: 1, schedule };
    expect(play(ruleOf('violation', conditions, {}, at(start)), 'e0', at(start))).toBe(decisions);
  });

  it('does not count events while it is silenced', () => {
    const start = at('2026-01-05T06:59:50Z');
    const conditions = { threshold: 2, schedule: { silent_until: '2026-01-05T07:00:00Z' } };
    expect(play(ruleOf('violation', conditions, {}, start), 'e0 e5 e11 e12', start)).toBe('alert@12');
  });

  it('does not count events outside its hours', () => {
    const start = at('2026-01-05T06:59:50Z');
    expect(play(ruleOf('violation', { threshold: 2, schedule: WORK }, {}, start), 'e0 e11 e12', start)).toBe(
      'alert@12',
    );
  });
});

describe('continuous_violation', () => {
  it.each<Case>([
    ['alerts when one person goes on for the duration', { duration_seconds: 30 }, 'e0#1 e10#1 e20#1 e30#1', 'alert@30'],
    ['is silent when it stops before', { duration_seconds: 30 }, 'e0#1 e10#1 e20#1 t900', ''],
    ['wants enough detections', { duration_seconds: 30, min_detections: 4 }, 'e0#1 e20#1 e40#1', ''],
    ['does not add up different people', { duration_seconds: 30 }, 'e0#1 e10#2 e20#3 e30#4 e40#5', ''],
    ['follows several people at once', { duration_seconds: 20 }, 'e0#1 e5#2 e10#1 e15#2 e20#1', 'alert@20'],
    ['starts again after a gap longer than the duration', { duration_seconds: 30 }, 'e0#1 e10#1 e41#1 e51#1 e61#1', ''],
    ['takes events without a person as one', { duration_seconds: 20 }, 'e0 e10 e20', 'alert@20'],
    ['is 30 seconds and 3 detections by default', {}, 'e0#1 e15#1 e30#1', 'alert@30'],
    [
      'holds back and sums up',
      { duration_seconds: 20 },
      'e0#1 e10#1 e20#1 e30#1 e40#2 t320',
      'alert@20 summary(2)@320',
    ],
  ])('%s', (_says, conditions, inputs, decisions) => {
    expect(play(ruleOf('continuous_violation', conditions), inputs)).toBe(decisions);
  });
});

describe('no_detection', () => {
  it.each<Case>([
    ['alerts when nothing was seen since the rule exists', {}, 't599 t600', 'alert@600'],
    ['alerts at the moment it was due, however late time is told', {}, 't5000', 'alert@600'],
    ['alerts once', {}, 't600 t1200 t9000', 'alert@600'],
    ['counts from the newest event', { duration_seconds: 60 }, 'e30 t89 t91', 'alert@90'],
    ['is found out by the event that ends it', { duration_seconds: 60 }, 'e0 e100', 'alert@60 recovery@100'],
    ['tells when something is seen again', { duration_seconds: 60 }, 't60 e70 t120', 'alert@60 recovery@70'],
    [
      'may come back after the cooldown',
      { duration_seconds: 60, cooldown_seconds: 60 },
      't60 e70 t129 t130',
      'alert@60 recovery@70 alert@130',
    ],
    [
      'is held back by the cooldown, until its end',
      { duration_seconds: 60, cooldown_seconds: 600 },
      't60 e70 t659 t660',
      'alert@60 recovery@70 alert@660',
    ],
    [
      'means fewer than wanted, where more are wanted',
      { duration_seconds: 60, min_detections: 3 },
      'e10 e40 e50 t69 t70',
      'alert@70',
    ],
    [
      'and is over when enough are seen',
      { duration_seconds: 60, min_detections: 2 },
      't60 e70 e80',
      'alert@60 recovery@80',
    ],
    [
      'watches a camera of a rule of its own even while it is not wanted',
      { duration_seconds: 60 },
      'x0 t60',
      'alert@60',
    ],
  ])('%s', (_says, conditions, inputs, decisions) => {
    expect(play(ruleOf('no_detection', conditions), inputs)).toBe(decisions);
  });

  it.each<readonly [says: string, inputs: string, decisions: string]>([
    ['watches a camera from when it is wanted', 't600 u1000 t1059 t1060', 'alert@1060'],
    ['is silent when it is not wanted any more', 'u0 x30 t600', ''],
    ['counts afresh when it is wanted again', 'u0 x30 u100 t159 t160', 'alert@160'],
  ])('for every camera %s', (_says, inputs, decisions) => {
    const rule = ruleOf('no_detection', { duration_seconds: 60 }, { camera_id: null });
    expect(play(rule, inputs)).toBe(decisions);
  });

  it('counts only time in its hours: not the night before', () => {
    const start = at('2026-01-05T15:59:00Z');
    const rule = ruleOf('no_detection', { duration_minutes: 10, schedule: WORK }, {}, start);
    expect(play(rule, `e0 t600 t${15 * 3600 + 60} t${16 * 3600}`, start)).toBe(`alert@${15 * 3600 + 60 + 600}`);
  });

  it('counts only time after it was silenced', () => {
    const conditions = { duration_minutes: 10, schedule: { silent_until: '2026-01-05T01:00:00Z' } };
    expect(play(ruleOf('no_detection', conditions), 'e0 t600 t3600 t4199 t4200')).toBe('alert@4200');
  });

  it('never alerts when its hours are shorter than its duration', () => {
    const rule = ruleOf('no_detection', { duration_minutes: 90, schedule: { from: '08:00', to: '09:00' } });
    expect(play(rule, `t86400 t${30 * 86_400}`)).toBe('');
  });
});

describe('camera_down', () => {
  it.each<Case>([
    ['is silent about 3 minutes when 5 are allowed', {}, 'd0 u180 t900', ''],
    ['tells an outage once, and its end once', {}, 'd0 t299 t300 t600 u900 t929 t930 t5000', 'alert@300 recovery@930'],
    ['takes no notice of coming up for a moment', {}, 'd0 u290 d295 t300 t600', 'alert@300'],
    ['does not alert while it is up, and does when it fails again', {}, 'd0 u290 t310 d315', ''],
    ['and then does so at once', {}, 'd0 u290 t310 d315 t316', 'alert@315'],
    [
      'has not recovered by coming up for a moment',
      {},
      'd0 t300 u400 d410 t900 u1000 t1030',
      'alert@300 recovery@1030',
    ],
    ['forgets an outage that recovered before', {}, 'd0 u200 t230 d240 t500 t540', 'alert@540'],
    ['ends when nobody wants the camera any more', {}, 'd0 t300 x400 t9000', 'alert@300 recovery@400'],
    ['is silent when that happens before', {}, 'd0 x100 t9000', ''],
    ['has a recovery time of its own', { recovery_seconds: 0 }, 'd0 t300 u400 t400', 'alert@300 recovery@400'],
    [
      'holds back the next outage until the cooldown is over',
      { duration_seconds: 60, cooldown_seconds: 600 },
      'd0 t60 u100 t130 d140 t659 t660',
      'alert@60 recovery@130 alert@660',
    ],
    ['does not mind events', {}, 'e0 e1 t9000', ''],
  ])('%s', (_says, conditions, inputs, decisions) => {
    expect(play(ruleOf('camera_down', conditions), inputs)).toBe(decisions);
  });

  it('knows a camera that was down before the rule, but tells it only once the rule exists', () => {
    const known = { condition: 'down', since: START - 3_600_000 } as const;
    expect(play(ruleOf('camera_down', {}), 't0', START, known)).toBe('alert@0');
  });

  it.each([
    ['an hour', '2026-01-05T06:00:00Z', 'alert@3600'],
    ['two weeks', '2026-01-19T05:00:00Z', `alert@${14 * 86_400}`],
    ['a time that is over', '2026-01-04T00:00:00Z', 'alert@300'],
  ])('is silent while somebody has silenced it: %s', (_says, silent_until, decisions) => {
    const start = at('2026-01-05T05:00:00Z');
    const rule = ruleOf('camera_down', { schedule: { silent_until } }, {}, start);
    expect(play(rule, `d0 t300 t3599 t3600 t${14 * 86_400 - 1} t${14 * 86_400}`, start)).toBe(decisions);
  });

  it('waits for its hours', () => {
    const start = at('2026-01-05T05:00:00Z');
    const rule = ruleOf('camera_down', { schedule: WORK }, {}, start);
    expect(play(rule, 'd0 t3600 t7199 t7200', start)).toBe('alert@7200');
  });
});
