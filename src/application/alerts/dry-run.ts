import type { WordedAlert } from '../../domain/alerts/alert-wording';
import { RuleEvaluation } from '../../domain/alerts/rule-evaluation';
import type { KnownCamera } from '../../domain/alerts/rule-state';
import type { WatchedRule } from '../../domain/alerts/watched-rule';
import { type AlertFeed, type CameraChange, inOrder } from './alert-feed';

const BATCH = 5_000;

export interface DryRun {
  /** How many events were looked at. */
  readonly events: number;
  readonly alerts: readonly WordedAlert[];
}

/** What a rule would have told between two moments, over what is stored, by the evaluation that also runs live. */
export async function dryRun(feed: AlertFeed, rule: WatchedRule, from: number, to: number): Promise<DryRun> {
  // What was counted, or held back, at the beginning began before it.
  const start = from - rule.durationMs - rule.cooldownMs;
  const known = await feed.storedCameraChanges(to);
  const before = known.filter(({ at }) => at < start);
  const cameras = new Map(
    before.map((c): [string, KnownCamera] => [c.cameraId, { condition: c.condition, since: c.at }]),
  );
  const evaluation = new RuleEvaluation(cameras);
  evaluation.follow([{ ...rule, since: Math.max(start, Math.min(rule.since, from)) }]);
  let changes: readonly CameraChange[] = known.filter(({ at }) => at >= start);
  const alerts: WordedAlert[] = [];
  let seen = 0;
  for (let after = 0, more = true; more; ) {
    const events = await feed.stored({ after, from: start, to, cameraId: rule.cameraId }, BATCH);
    more = events.length === BATCH;
    const last = events.at(-1);
    const due = more && last ? changes.filter(({ at }) => at <= last.at) : changes;
    changes = changes.slice(due.length);
    for (const input of inOrder(events, due)) {
      const told =
        'event' in input
          ? evaluation.event(input.at, input.event)
          : evaluation.camera(input.at, input.cameraId, input.condition);
      alerts.push(...told);
    }
    seen += events.filter(({ at }) => at >= from).length;
    after = last?.seq ?? after;
  }
  alerts.push(...evaluation.time({ events: to, cameras: Math.min(to, (await feed.ends()).watchedUntil) }));
  return { events: seen, alerts: alerts.filter(({ at }) => at.getTime() >= from) };
}
