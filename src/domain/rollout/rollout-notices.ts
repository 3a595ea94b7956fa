import { type Json, isJsonObject } from '../shared/json';
import type { SiteNotice } from '../shared/site-notice';
import type { RolloutEvent } from './rollout-state';

/** Open notices of a group: reported and not yet over. */
export interface NotifiedState {
  readonly attention: boolean;
  readonly takenBack: boolean;
  readonly killed: boolean;
}

export const NOT_NOTIFIED: NotifiedState = { attention: false, takenBack: false, killed: false };

/** A stored event with what a notice needs of it. */
export interface RolloutHappening {
  readonly seq: number;
  readonly group: string;
  readonly at: Date;
  /** Null: the service itself. */
  readonly actor: string | null;
  readonly event: RolloutEvent;
  readonly evidence: Json;
}

type Words = Pick<SiteNotice, 'type' | 'kind' | 'priority' | 'message'> & { readonly reason?: string };

/** The site notice of a rollout event, if it needs one: a pure function of the open notices and the event. */
export function noticesFor(
  notified: NotifiedState,
  happened: RolloutHappening,
): readonly [NotifiedState, SiteNotice[]] {
  const [next, words] = wordsFor(notified, happened);
  return [next, words ? [noticeOf(words, happened)] : []];
}

function wordsFor(notified: NotifiedState, happened: RolloutHappening): readonly [NotifiedState, Words?] {
  const { event, group } = happened;
  switch (event.kind) {
    case 'attention':
      if ((event.reason !== null) === notified.attention) return [notified];
      return [
        { ...notified, attention: event.reason !== null },
        event.reason ? worried(group, event.reason) : calm(group),
      ];
    case 'rolled_back':
    case 'frozen':
      // The earlier attention needs no notice of its own any more: the rollback says more.
      return [{ ...notified, attention: false, takenBack: true }, takenBack(happened, event.kind, event.reason)];
    case 'stage_entered':
    case 'percent_set': {
      const next = { ...notified, attention: false, takenBack: false };
      if (notified.takenBack) return [next, resumed(group, event.cohort.effectiveBps / 100)];
      return notified.attention ? [next, calm(group)] : [notified];
    }
    case 'completed':
      return event.newSite ? [notified] : [notified, completed(group)];
    case 'killed':
    case 'unkilled':
      if ((event.kind === 'killed') === notified.killed) return [notified];
      return [{ ...notified, killed: !notified.killed }, notified.killed ? unkilled(group) : killed(happened)];
    case 'paused':
    case 'resumed':
    case 'approved':
    case 'verified':
    case 'limits_frozen':
      return [notified];
  }
}

const worried = (group: string, reason: string): Words => ({
  type: 'rollout_attention',
  kind: 'alert',
  priority: 'medium',
  reason,
  message:
    `The rollout of ${group} needs attention: ${reason}. It keeps its share and is not promoted. Look at GET ` +
    `/api/v1/rollout/${group}; if it is not chance, POST /api/v1/rollout/${group}/rollback.`,
});

const calm = (group: string): Words => ({
  type: 'rollout_attention',
  kind: 'recovery',
  priority: 'medium',
  message: `The rollout of ${group} needs no attention any more.`,
});

function takenBack({ group, actor }: RolloutHappening, kind: 'rolled_back' | 'frozen', reason: string): Words {
  const by = actor === null ? 'by itself' : `by ${actor}`;
  const back = kind === 'rolled_back';
  const message = back
    ? `The rollout of ${group} was rolled back ${by}: ${reason}. All its calls are served by legacy; nothing has to be ` +
      `saved at once. Find the cause in GET /api/v1/rollout/${group}/events, then POST /api/v1/rollout/${group}/resume.`
    : `The rollout of ${group} was frozen ${by}: ${reason}. Its share stays on the domain path: mend the cause and POST ` +
      `/api/v1/rollout/${group}/resume, or POST /api/v1/rollout/${group}/rollback.`;
  return { type: back ? 'rollout_rollback' : 'rollout_frozen', kind: 'alert', priority: 'high', reason, message };
}

const resumed = (group: string, percent: number): Words => ({
  type: 'rollout_rollback',
  kind: 'recovery',
  priority: 'high',
  message: `The rollout of ${group} goes on after it was taken back, with ${percent} % on the domain path.`,
});

const completed = (group: string): Words => ({
  type: 'rollout_complete',
  kind: 'news',
  priority: 'low',
  message: `The rollout of ${group} is complete: every call is served by the domain path.`,
});

function killed({ group, actor, evidence }: RolloutHappening): Words {
  const reason = isJsonObject(evidence) && typeof evidence.reason === 'string' ? evidence.reason : 'no reason given';
  const message =
    `The kill switch of ${named(group)} was pulled by ${actor ?? 'the service'}: ${reason}. Legacy serves everything ` +
    'until POST /api/v1/rollout/unkill.';
  return { type: 'rollout_killed', kind: 'alert', priority: 'high', reason, message };
}

const unkilled = (group: string): Words => ({
  type: 'rollout_killed',
  kind: 'recovery',
  priority: 'high',
  message: `The kill switch of ${named(group)} was released: its plan decides again.`,
});

const named = (group: string): string => (group === '*' ? 'all groups' : group);

const noticeOf = ({ reason, ...words }: Words, { seq, group, at, actor }: RolloutHappening): SiteNotice => ({
  ...words,
  key: `rollout/${seq}`,
  at,
  details: { group, event_seq: seq, actor, ...(reason === undefined ? {} : { reason }) },
});
