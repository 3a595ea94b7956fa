import fc from 'fast-check';
import type { AlertEvent, CameraCondition } from '../../../src/domain/alerts/alert-input';
import type { AlertText } from '../../../src/domain/alerts/alert-wording';
import { RuleEvaluation, RuleIndex, type StoredRuleState } from '../../../src/domain/alerts/rule-evaluation';
import { type KnownCamera, begin, stepRule } from '../../../src/domain/alerts/rule-state';
import type { WatchedRule } from '../../../src/domain/alerts/watched-rule';
import { START, eventOf, ruleOf } from './scenario';

const times = fc
  .array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 })
  .map((list) => list.sort((a, b) => a - b));
const conditions = fc.record({
  threshold: fc.integer({ min: 1, max: 10 }),
  duration_seconds: fc.integer({ min: 1, max: 1_000 }),
  cooldown_seconds: fc.integer({ min: 0, max: 1_000 }),
});

describe('any events under a violation_threshold', () => {
  it('are each told in exactly one alert or summary, or were too few; alerts are a cooldown apart', () => {
    fc.assert(
      fc.property(conditions, times, (limits, seconds) => {
        const rule = ruleOf('violation', limits);
        let state = begin(rule, undefined);
        const decisions = [...seconds, 100_000].flatMap((s, i) => {
          const at = START + s * 1_000;
          const input =
            i < seconds.length ? ({ kind: 'event', at, event: eventOf() } as const) : ({ kind: 'time', at } as const);
          const [next, made] = stepRule(rule, state, input);
          state = next;
          return made;
        });
        const alerts = decisions.filter((d) => d.kind === 'alert');
        const told = decisions.reduce((sum, { details }) => sum + Number(details.count ?? details.suppressed), 0);
        expect(told).toBeLessThanOrEqual(seconds.length);
        for (const { details } of alerts) expect(details.count).toBe(limits.threshold);
        alerts
          .slice(1)
          .forEach(({ at }, i) =>
            expect(at - (alerts[i]?.at ?? 0)).toBeGreaterThanOrEqual(limits.cooldown_seconds * 1_000),
          );
        const inQuiet = seconds.filter((s) =>
          alerts.some(({ at }) => START + s * 1_000 >= at && START + s * 1_000 < at + limits.cooldown_seconds * 1_000),
        ).length;
        const summed = decisions
          .filter((d) => d.kind === 'summary')
          .reduce((n, { details }) => n + Number(details.suppressed), 0);
        // Of the events in a cooldown, those that made the alert at its very beginning are not held back.
        expect(summed).toBeLessThanOrEqual(inQuiet);
        expect(inQuiet - summed).toBeLessThanOrEqual(alerts.length * limits.threshold);
      }),
    );
  });

  it('alert exactly when a scan of the window would, until the first alert', () => {
    fc.assert(
      fc.property(conditions, times, (limits, seconds) => {
        const rule = ruleOf('violation', limits);
        let state = begin(rule, undefined);
        const first = seconds.findIndex((s) => {
          const [next, made] = stepRule(rule, state, { kind: 'event', at: START + s * 1_000, event: eventOf() });
          state = next;
          return made.length > 0;
        });
        const scanned = seconds.findIndex(
          (s, i) => seconds.slice(0, i + 1).filter((t) => t > s - limits.duration_seconds).length >= limits.threshold,
        );
        expect(first).toBe(scanned);
      }),
    );
  });
});

const cameras = ['cam', 'other'];
const labels = ['A', 'B', 'C'];
const someRule = fc
  .record({
    camera_id: fc.constantFrom(null, ...cameras),
    rule_type: fc.constantFrom('violation_threshold', 'continuous_violation', 'no_detection', 'camera_down'),
    labels: fc.option(fc.uniqueArray(fc.constantFrom(...labels), { minLength: 1 })),
    violation_type: fc.option(fc.constantFrom('no_hairnet', 'no_handwash')),
  })
  .map(({ camera_id, rule_type, labels, violation_type }) => {
    const about = { ...(labels ? { labels } : {}), ...(violation_type ? { violation_type } : {}) };
    const conditions =
      rule_type === 'camera_down' ? {} : { ...about, ...(rule_type === 'violation_threshold' ? { threshold: 1 } : {}) };
    return ruleOf(rule_type, conditions, { camera_id });
  });
const someEvent: fc.Arbitrary<AlertEvent> = fc.record({
  cameraId: fc.constantFrom(...cameras),
  type: fc.constantFrom(...labels),
  trackId: fc.constant(null),
  violation: fc.constantFrom(undefined, 'no_hairnet', 'no_handwash'),
  label: fc.constantFrom(undefined, ...labels),
});

describe('the index of rules', () => {
  it('finds exactly what a look at every rule would find, each once', () => {
    fc.assert(
      fc.property(fc.array(someRule, { maxLength: 20 }), someEvent, (rules, event) => {
        const scan = rules.filter((r) => {
          if (r.type === 'camera_down') return false;
          if (r.cameraId !== undefined && r.cameraId !== event.cameraId) return false;
          if (r.violationType !== undefined && r.violationType !== event.violation) return false;
          if (r.labels.size > 0)
            return r.labels.has(event.type) || (event.label !== undefined && r.labels.has(event.label));
          return r.violationType !== undefined || r.type === 'no_detection' || event.violation !== undefined;
        });
        const found = new RuleIndex(rules).matching(event);
        expect(found).toHaveLength(scan.length);
        expect(new Set(found)).toEqual(new Set(scan));
      }),
    );
  });
});

type Step =
  | { readonly do: 'event'; readonly after: number; readonly event: AlertEvent }
  | { readonly do: 'camera'; readonly cameraId: string; readonly condition: CameraCondition }
  | { readonly do: 'time' | 'drain' | 'restart' }
  | { readonly do: 'toggle'; readonly rule: number };

const fewConditions = fc
  .constantFrom(
    ruleOf('violation', { threshold: 3, duration_seconds: 60, cooldown_seconds: 30 }, { camera_id: null }),
    ruleOf('violation', { threshold: 3, duration_seconds: 60, cooldown_seconds: 30 }, { camera_id: 'cam' }),
    ruleOf('violation', { threshold: 2, labels: ['A', 'B'], cooldown_seconds: 0 }, { camera_id: null }),
    ruleOf('continuous_violation', { duration_seconds: 20, cooldown_seconds: 30 }, { camera_id: null }),
    ruleOf('no_detection', { duration_seconds: 60 }, { camera_id: null }),
    ruleOf('camera_down', { duration_seconds: 60 }, { camera_id: null }),
  )
  .map((rule): WatchedRule => ({ ...rule }));
const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      after: fc.integer({ min: 0, max: 25 }),
      event: someEvent,
    }),
  },
  fc.record({
    do: fc.constant('camera' as const),
    cameraId: fc.constantFrom(...cameras),
    condition: fc.constantFrom('up' as const, 'down' as const, 'unwanted' as const),
  }),
  fc.constantFrom({ do: 'time' as const }, { do: 'drain' as const }, { do: 'restart' as const }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('toggle' as const), rule: fc.nat({ max: 11 }) }) },
);

/** The alerts and the stored states of an evaluation that is stored, started again, and given other rules meanwhile. */
function evaluated(all: readonly WatchedRule[], steps: readonly Step[]) {
  const [stored, known, active] = [
    new Map<string, StoredRuleState>(),
    new Map<string, KnownCamera>(),
    new Set(all.keys()),
  ];
  const alerts: AlertText[] = [];
  const following = () => all.filter((_, i) => active.has(i));
  let now = START;
  let evaluation = new RuleEvaluation(new Map());
  const drain = () => {
    const { changed, deleted } = evaluation.drain();
    for (const { ruleId, cameraId } of deleted) stored.delete(`${ruleId}/${cameraId}`);
    for (const state of changed) stored.set(`${state.ruleId}/${state.cameraId}`, state);
  };
  evaluation.follow(following());
  for (const step of steps) {
    if (step.do === 'event') alerts.push(...evaluation.event((now += step.after * 1_000), step.event));
    else if (step.do === 'camera') {
      alerts.push(...evaluation.camera(now, step.cameraId, step.condition));
      known.set(step.cameraId, { condition: step.condition, since: now });
    } else if (step.do === 'time') alerts.push(...evaluation.time({ events: now, cameras: now }));
    else drain();
    if (step.do === 'restart') {
      evaluation = new RuleEvaluation(new Map(known), JSON.parse(JSON.stringify([...stored.values()])));
      evaluation.follow(following());
    }
    if (step.do === 'toggle' && step.rule < all.length) {
      if (!active.delete(step.rule)) active.add(step.rule);
      evaluation.follow(following());
    }
  }
  drain();
  return { alerts: alerts.map((a) => JSON.stringify(a)), states: [...stored.values()].map((s) => JSON.stringify(s)) };
}

describe('rules that count the same', () => {
  it('alert and are stored exactly as if each were the only one', () => {
    fc.assert(
      fc.property(
        fc.array(fewConditions, { minLength: 1, maxLength: 12 }),
        fc.array(someStep, { maxLength: 60 }),
        (rules, steps) => {
          const all = rules.map((rule, i) => ({ ...rule, id: i + 1 }));
          const together = evaluated(all, steps);
          const alone = all.map((rule, i) =>
            evaluated(
              [rule],
              steps.map((s) => (s.do !== 'toggle' ? s : s.rule === i ? { ...s, rule: 0 } : { do: 'drain' as const })),
            ),
          );
          expect(together.alerts.sort()).toEqual(alone.flatMap(({ alerts }) => alerts).sort());
          expect(together.states.sort()).toEqual(alone.flatMap(({ states }) => states).sort());
        },
      ),
      { numRuns: 500 },
    );
  });
});
