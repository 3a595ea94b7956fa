import { NOT_NOTIFIED, noticesFor } from '../../../src/domain/rollout/rollout-notices';
import type { Cohort, RolloutEvent } from '../../../src/domain/rollout/rollout-state';
import type { SiteNotice } from '../../../src/domain/shared/site-notice';

const cohort: Cohort = { bps: 2_500, effectiveBps: 2_500, effectiveWhy: 'as asked', holdout: 0 };
const entered: RolloutEvent = { kind: 'stage_entered', stage: 1, percent: 25, cohort };
const set: RolloutEvent = { kind: 'percent_set', cohort, by: 'operator' };
const attention = (reason: string | null): RolloutEvent => ({ kind: 'attention', reason });
const back: RolloutEvent = { kind: 'rolled_back', reason: 'errors 12 %' };
const frozen: RolloutEvent = { kind: 'frozen', reason: 'errors 12 %' };
const [killed, unkilled]: RolloutEvent[] = [{ kind: 'killed' }, { kind: 'unkilled' }];

function told(events: readonly RolloutEvent[], actor: string | null = null): SiteNotice[] {
  let state = NOT_NOTIFIED;
  return events.flatMap((event, i) => {
    const at = new Date(Date.UTC(2026, 0, 5, 12, i));
    const happened = { seq: i + 1, group: 'camera-config', at, actor, event, evidence: { reason: 'a drill' } };
    const [next, notices] = noticesFor(state, happened);
    state = next;
    return notices;
  });
}

const shown = (notices: readonly SiteNotice[]) => notices.map(({ type, kind, key }) => `${type} ${kind} ${key}`);

describe('what people are told of a rollout', () => {
  it.each<[string, readonly RolloutEvent[], readonly string[]]>([
    ['a share that is set, stages, pauses and approvals', [set, entered, { kind: 'paused' }, { kind: 'resumed' }], []],
    [
      'figures that are taken down',
      [entered, { kind: 'approved', reason: 'r' }, { kind: 'verified', passed: true }],
      [],
    ],
    ['attention, once', [entered, attention('a'), attention('b')], ['rollout_attention alert rollout/2']],
    ['the end of an attention nobody was told of', [entered, attention(null)], []],
    [
      'attention and its end, and attention again',
      [entered, attention('a'), attention(null), attention('b')],
      [
        'rollout_attention alert rollout/2',
        'rollout_attention recovery rollout/3',
        'rollout_attention alert rollout/4',
      ],
    ],
    [
      'an attention that ends with its stage',
      [entered, attention('a'), entered],
      ['rollout_attention alert rollout/2', 'rollout_attention recovery rollout/3'],
    ],
    [
      'a rollback after attention: its end is the end of both',
      [entered, attention('a'), back, entered],
      ['rollout_attention alert rollout/2', 'rollout_rollback alert rollout/3', 'rollout_rollback recovery rollout/4'],
    ],
    [
      'a freeze that becomes a rollback',
      [entered, frozen, back, set],
      ['rollout_frozen alert rollout/2', 'rollout_rollback alert rollout/3', 'rollout_rollback recovery rollout/4'],
    ],
    ['completion', [entered, { kind: 'completed' }], ['rollout_complete news rollout/2']],
    [
      'a kill, once however often it is asked for, and its end',
      [killed!, killed!, unkilled!, unkilled!],
      ['rollout_killed alert rollout/1', 'rollout_killed recovery rollout/3'],
    ],
  ])('is right for %s', (_, events, expected) => {
    expect(shown(told(events))).toEqual(expected);
  });

  it('says who, why and what to do', () => {
    const [, byItself] = told([entered, attention('x'), back]);
    expect(byItself).toMatchObject({
      priority: 'high',
      at: new Date('2026-01-05T12:02:00Z'),
      details: { group: 'camera-config', event_seq: 3, actor: null, reason: 'errors 12 %' },
    });
    expect(byItself?.message).toMatch(/camera-config was rolled back by itself: errors 12 %.*legacy.*\/resume/);
    expect(told([back], 'Ali')[0]?.message).toContain('rolled back by Ali');
    expect(told([frozen])[0]?.message).toMatch(/was frozen by itself: errors 12 %.*stays on the domain path/);
    expect(told([killed!], 'Ali')[0]?.message).toMatch(/pulled by Ali: a drill.*unkill/);
  });
});
