import type { EventFilter, EventHistory } from '../../application/shared/event-history';
import { type Event, newestFirst } from '../../domain/shared/event';
import type { JournalTail } from '../journal/journal-tail';

/** Events as the old backend read them: from the end of the journal. */
export class JournalHistory implements EventHistory {
  constructor(private readonly tail: JournalTail) {}

  async newest(filter: EventFilter, limit: number): Promise<readonly Event[]> {
    return (await this.read(filter)).slice(0, limit);
  }

  async *all(filter: EventFilter): AsyncIterable<Event> {
    yield* await this.read(filter);
  }

  async known(events: readonly Event[]): Promise<ReadonlySet<string>> {
    const oldest = events.reduce((ts, event) => Math.min(ts, event.ts), Number.POSITIVE_INFINITY);
    const asked = new Set(events.map(({ id }) => id));
    return new Set(await this.tail.since(oldest * 1000, ({ id }) => (asked.has(id) ? id : undefined)));
  }

  private async read({ from, to, type, cameraId }: EventFilter): Promise<Event[]> {
    const wanted = (event: Event) =>
      (to === undefined || event.ts * 1000 < to) &&
      (type === undefined || event.type === type) &&
      (cameraId === undefined || event.cameraId === cameraId);
    return [...(await this.tail.since(from, (event) => (wanted(event) ? event : undefined)))].sort(newestFirst);
  }
}
