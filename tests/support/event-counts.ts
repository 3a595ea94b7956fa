import type { TestSite } from './test-site';

/** Rows there are, each sum of all sums, and the count of each stored event's key. */
interface Counted {
  readonly events: number;
  readonly keys: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
}

/** How many events are stored; throws unless every sum says the same and no id is there twice. */
export async function storedEvents(site: TestSite): Promise<number> {
  const sum = (grain: string) => `(SELECT coalesce(sum(events), 0) FROM event_rollups WHERE grain = '${grain}')::int`;
  const [counted] = await site.modules.platform.database.query<Counted>(
    `SELECT (SELECT count(*) FROM events)::int AS events, (SELECT count(DISTINCT id) FROM events)::int AS keys,
            ${sum('minute')} AS minute, ${sum('hour')} AS hour, ${sum('day')} AS day`,
    [],
  );
  const { events = -1, ...others } = counted ?? {};
  expect(others).toEqual({ keys: events, minute: events, hour: events, day: events });
  return events;
}
