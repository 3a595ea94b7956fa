import type { Counts } from '../../application/statistics/statistics-port';
import type { StatisticsSource } from '../../application/statistics/statistics-source';
import type { Event } from '../../domain/shared/event';
import { localDate } from '../../domain/statistics/local-days';
import type { Stretch } from '../../domain/statistics/window-cover';
import type { JournalTail } from '../journal/journal-tail';

type Counted = Pick<Event, 'ts' | 'type' | 'cameraId'>;

/** More than any zone is away from UTC, and a day that is an hour longer. */
const DAY_AND_ZONE_MS = 40 * 3_600_000;

/** Numbers as the old backend got them: by counting lines of the journal, each time anew. */
export class JournalStatistics implements StatisticsSource {
  private readonly dateOf: (ms: number) => string;

  constructor(
    private readonly tail: JournalTail,
    zone: string,
  ) {
    this.dateOf = localDate(zone);
  }

  async counts({ from, to }: Stretch, cameraId?: string): Promise<Counts> {
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
