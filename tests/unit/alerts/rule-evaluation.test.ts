import { RuleEvaluation, type StoredRuleState } from '../../../src/domain/alerts/rule-evaluation';
import type { KnownCamera } from '../../../src/domain/alerts/rule-state';
import type { JsonObject } from '../../../src/domain/shared/json';
import { START, eventOf, ruleOf } from './scenario';

const keys = (states: readonly StoredRuleState[]) =>
  states.map((s) => `${s.ruleId}/${s.cameraId} ${s.state.of}`).sort();
const cameras = (...ids: string[]) =>
  new Map(ids.map((id): [string, KnownCamera] => [id, { condition: 'up', since: START }]));
const EVERYWHERE = { camera_id: null };

describe('the evaluation of all rules', () => {
  it('begins to watch every camera there is, for the rules that time alone concerns', () => {
    const evaluation = new RuleEvaluation(cameras('a', 'b'));
    evaluation.follow([
      { ...ruleOf('no_detection', {}, EVERYWHERE), id: 1 },
      { ...ruleOf('violation', { threshold: 1 }), id: 2 },
    ]);
    expect(keys(evaluation.drain().changed)).toEqual(['1/a no_detection', '1/b no_detection']);
    expect(evaluation.drain()).toEqual({ changed: [], deleted: [] });
  });

  it('has one state for each rule and camera to store, however often the rules were read again', () => {
    const evaluation = new RuleEvaluation(cameras('a'));
    const rules = [{ ...ruleOf('no_detection', {}, EVERYWHERE), id: 1 }];
    evaluation.follow(rules);
    evaluation.follow([...rules]);
    evaluation.event(START + 1_000, eventOf({ cameraId: 'a' }));
    evaluation.follow([...rules]);
    const { changed, deleted: gone } = evaluation.drain();
    expect(keys(changed)).toEqual(['1/a no_detection']);
    expect(changed[0]?.state).toMatchObject({ seen: [START + 1_000] });
    expect(gone).toEqual([]);
  });

  it('forgets the states of rules that are gone or mean something else now', () => {
    const evaluation = new RuleEvaluation();
    const [one, two] = [
      { ...ruleOf('violation', { threshold: 3 }), id: 1 },
      { ...ruleOf('violation', { threshold: 4 }), id: 2 },
    ];
    evaluation.follow([one, two]);
    evaluation.event(START, eventOf());
    evaluation.drain();
    evaluation.follow([{ ...ruleOf('violation', { threshold: 9 }), id: 1 }]);
    const { deleted: gone, changed } = evaluation.drain();
    expect([keys(gone), changed]).toEqual([['1/cam violation_threshold', '2/cam violation_threshold'], []]);
  });

  it('expects nothing of a camera that a rule for every camera does not watch', () => {
    const evaluation = new RuleEvaluation();
    evaluation.follow([ruleOf('no_detection', {}, EVERYWHERE)]);
    evaluation.event(START, eventOf({ cameraId: 'stranger' }));
    expect(evaluation.drain().changed).toEqual([]);
  });

  it('tells what time decides in the order in which it was due', () => {
    const evaluation = new RuleEvaluation(cameras('a'));
    evaluation.follow([
      { ...ruleOf('no_detection', { duration_seconds: 90 }, EVERYWHERE), id: 1 },
      { ...ruleOf('no_detection', { duration_seconds: 60 }, EVERYWHERE), id: 2 },
    ]);
    const told = evaluation.time({ events: START + 1_000_000, cameras: 0 });
    expect(told.map(({ ruleId, at }) => [ruleId, at.getTime() - START])).toEqual([
      [2, 60_000],
      [1, 90_000],
    ]);
  });

  it('tells of cameras only up to where they were watched', () => {
    const evaluation = new RuleEvaluation();
    evaluation.follow([ruleOf('camera_down', { duration_seconds: 60 }, EVERYWHERE)]);
    evaluation.camera(START, 'a', 'down');
    expect(evaluation.time({ events: START + 1_000_000, cameras: START + 59_000 })).toEqual([]);
    expect(evaluation.time({ events: 0, cameras: START + 60_000 })).toMatchObject([
      { cameraId: 'a', message: 'Camera a has not been running for 1 min' },
    ]);
  });

  it.each(['low', 'medium', 'high', 'critical'])('tells the priority %s of the rule along', (priority) => {
    const evaluation = new RuleEvaluation();
    evaluation.follow([ruleOf('violation', { threshold: 1 }, { priority, name: 'Sink' })]);
    const [told] = evaluation.event(START, eventOf());
    expect(told?.details).toMatchObject({ kind: 'alert', priority, rule_name: 'Sink' });
  });

  it.each<[string, object, object, number]>([
    ['of its camera', { camera_id: 'cam' }, {}, 1],
    ['not of another camera', { camera_id: 'cam' }, { cameraId: 'other' }, 0],
    ['of any camera where it names none', { camera_id: null }, { cameraId: 'other' }, 1],
    ['not of an event that is no violation', {}, { violation: undefined }, 0],
    ['of the violation it names', { conditions: { threshold: 1, violation_type: 'no_hairnet' } }, {}, 1],
    ['not of another violation', { conditions: { threshold: 1, violation_type: 'no_handwash' } }, {}, 0],
    [
      'of any type of event it names',
      { conditions: { threshold: 1, labels: ['A', 'B'] } },
      { type: 'B', violation: undefined },
      1,
    ],
    ['of a label in the evidence', { conditions: { threshold: 1, labels: ['mask'] } }, { label: 'mask' }, 1],
    ['not of other types and labels', { conditions: { threshold: 1, labels: ['A'] } }, { type: 'B', label: 'C' }, 0],
    [
      'only where both fit, when it names both',
      { conditions: { threshold: 1, labels: ['A'], violation_type: 'no_handwash' } },
      { type: 'A' },
      0,
    ],
  ])('takes notice %s', (_what, rule, event, alerts) => {
    const evaluation = new RuleEvaluation();
    evaluation.follow([ruleOf('violation', { threshold: 1 }, rule as JsonObject)]);
    expect(evaluation.event(START, eventOf(event))).toHaveLength(alerts);
  });
});
