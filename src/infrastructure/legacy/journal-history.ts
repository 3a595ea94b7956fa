import type { EventFilter, EventHistory } from '../../application/shared/event-history';
import type { StatisticsSource } from '../../application/statistics/statistics-service';
import type { Counts } from '../../application/statistics/statistics-views';
import { type Event, newestFirst } from '../../domain/shared/event';
import { HOUR_MS } from '../../domain/shared/time';
import { type TimeSpan, localDate } from '../../domain/statistics/window-cover';
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
    const wanted = new Set(events.map(({ id }) => id));
    return new Set(await this.tail.since(oldest * 1000, ({ id }) => (wanted.has(id) ? id : undefined)));
  }

  private async read({ from, to, type, cameraId }: EventFilter): Promise<Event[]> {
    const wanted = (event: Event) =>
      (to === undefined || event.ts * 1000 < to) &&
      (type === undefined || event.type === type) &&
      (cameraId === undefined || event.cameraId === cameraId);
    return [...(await this.tail.since(from, (event) => (wanted(event) ? event : undefined)))].sort(newestFirst);
  }
}

type Counted = Pick<Event, 'ts' | 'type' | 'cameraId'>;

/** More than any time zone's offset from UTC, plus a day that is an hour longer. */
const DAY_AND_ZONE_MS = 40 * HOUR_MS;

/** Numbers as the old backend computed them: by counting lines of the journal, each time anew. */
export class JournalStatistics implements StatisticsSource {
  private readonly dateOf: (ms: number) => string;

  constructor(
    private readonly tail: JournalTail,
    zone: string,
  ) {
    this.dateOf = localDate(zone);
  }

  async counts({ from, to }: TimeSpan, cameraId?: string): Promise<Counts> {
    return countsOf((await this.read(from, cameraId)).filter(({ ts }) => ts * 1000 < to));
  }

  async daily(dates: readonly string[], cameraId?: string): Promise<ReadonlyMap<string, Counts>> {
    const from = Date.parse(dates[0] ?? '') - DAY_AND_ZONE_MS;
    const events = (await this.read(from, cameraId)).map(({ ts, type }) => ({ date: this.dateOf(ts * 1000), type }));
    return new Map(dates.map((date) => [date, countsOf(events.filter((event) => event.date === date))]));
  }

  private async read(from: number, camera: string | undefined): Promise<readonly Counted[]> {
    return this.tail.since(from, ({ ts, type, cameraId }) =>
      camera === undefined || cameraId === camera ? { ts, type, cameraId } : undefined,
    );
  }
}

function countsOf(events: readonly Pick<Event, 'type'>[]): Counts {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries(counts);
}
