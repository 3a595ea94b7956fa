import { NOT_NOTIFIED, type NotifiedState, noticesFor } from '../../domain/rollout/rollout-notices';
import type { SiteNotice } from '../../domain/shared/site-notice';
import type { RolloutStore } from './rollout-store';

const BATCH = 500;

/** How far the events of the rollout were read, and which notices were sent so far. */
export interface ReadRollout {
  readonly seq: number;
  readonly told: Readonly<Record<string, NotifiedState>>;
}

/**
 * Reads the stored events after those that were read already: no transition is missed, whatever its author and time.
 */
export function rolloutNews(store: Pick<RolloutStore, 'events'>) {
  return async (read: ReadRollout): Promise<readonly [ReadRollout, readonly SiteNotice[]]> => {
    const events = await store.events(undefined, BATCH, read.seq);
    const notified = { ...read.told };
    const notices = events.flatMap((event) => {
      const [next, said] = noticesFor(notified[event.group] ?? NOT_NOTIFIED, event);
      notified[event.group] = next;
      return said;
    });
    return [events.length === 0 ? read : { seq: events.at(-1)?.seq ?? read.seq, told: notified }, notices];
  };
}
