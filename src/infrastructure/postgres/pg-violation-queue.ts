import type {
  ReviewClaim,
  CountedBy,
  ViolationGroup,
  ViolationQueueStore,
} from '../../application/records/violation-queue-service';
import type { ViolationConditions } from '../../application/records/violation-store';
import { DAY_MS, HOUR_MS } from '../../domain/shared/time';
import { OF_THE_SITE, asConditions } from './pg-violations';
import { type Queryable, conditions } from './queryable';

/** Longer pauses between two violations of a camera and type begin a new group, unless both have one track. */
const GAP_SECONDS = 60;

/** A part of a count: whole days or hours from the tallies, or single violations. */
interface Part {
  readonly of: 'day' | 'hour' | 'rows';
  readonly from?: number;
  readonly to?: number;
}

const up = (time: number, step: number): number => Math.ceil(time / step) * step;
const down = (time: number, step: number): number => Math.floor(time / step) * step;

/** The sums of all cameras together stand beside those of each. */
export const OF_ALL_CAMERAS = `camera_id = ''`;
export const OF_EACH_CAMERA = `camera_id <> ''`;

/** Covers a window by whole days, hours before and after them, and single violations at its ends. */
function partsOf(from: number | undefined, to: number | undefined, whole: 'day' | 'hour'): Part[] {
  const step = whole === 'day' ? DAY_MS : HOUR_MS;
  const [hourFrom, hourTo] = [from && up(from, HOUR_MS), to && down(to, HOUR_MS)];
  if (hourFrom !== undefined && hourTo !== undefined && hourFrom >= hourTo) return [{ of: 'rows', from, to }];
  const [first, last] = [hourFrom && up(hourFrom, step), hourTo && down(hourTo, step)];
  const none = first !== undefined && last !== undefined && first >= last;
  return [
    { of: 'rows' as const, from, to: hourFrom },
    ...(none
      ? [{ of: 'hour' as const, from: hourFrom, to: hourTo }]
      : [
          { of: 'hour' as const, from: hourFrom, to: first },
          { of: whole, from: first, to: last },
          { of: 'hour' as const, from: last, to: hourTo },
        ]),
    { of: 'rows' as const, from: hourTo, to },
  ].filter((part, i, all) => (part.from === undefined && part.to === undefined ? i === middle(all) : isPart(part)));
}

/** An unbounded side has no part before or after it. */
const isPart = ({ from, to }: Part): boolean => from === undefined || to === undefined || from < to;
const middle = (all: readonly unknown[]): number => Math.floor(all.length / 2);

/** How violations are counted by, in the tallies and in the table itself; `$` is the zone. */
const KEYS: Readonly<Record<CountedBy, (time: string) => string>> = {
  status: () => 'status',
  camera: () => 'camera_id',
  type: () => 'violation_type',
  hour: (time) => `to_char(date_trunc('hour', ${time}, 'UTC') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  day: (time) => `to_char(date_trunc('day', ${time}, $zone) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
};

export class PgViolationQueue implements ViolationQueueStore {
  constructor(
    private readonly sql: Queryable,
    /** IANA name of the zone of days. */
    private readonly zone: string,
  ) {}

  async counts(by: CountedBy, filter: ViolationConditions): Promise<Readonly<Record<string, number>>> {
    const values: unknown[] = [this.zone];
    const single = filter.handledBy !== undefined || filter.minConfidence !== undefined;
    const [from, to] = [filter.from?.getTime(), filter.to?.getTime()];
    const parts: Part[] = single
      ? [{ of: 'rows', ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
      : partsOf(from, to, by === 'hour' || by === 'day' ? 'hour' : 'day');
    const selects = parts.map((part) => this.select(by, part, filter, values));
    const rows = await this.sql.query<{ of: string; count: number }>(
      `SELECT of, sum(n)::float8 AS count FROM (${selects.join(' UNION ALL ')}) AS part
        WHERE $1::text IS NOT NULL GROUP BY of HAVING sum(n) > 0 ORDER BY of`,
      values,
    );
    return Object.fromEntries(rows.map(({ of, count }) => [of, count]));
  }

  private select(by: CountedBy, { of, from, to }: Part, filter: ViolationConditions, values: unknown[]): string {
    const time = of === 'rows' ? 'violation_events.timestamp' : 'bucket';
    const key = KEYS[by](time).replace('$zone', '$1');
    const window = {
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    };
    const { from: _from, to: _to, ...rest } = filter;
    const { where } = conditions(asConditions({ ...rest, ...window }, time), values);
    if (of === 'rows') return `SELECT ${key} AS of, 1 AS n FROM violation_events WHERE ${OF_THE_SITE} AND ${where}`;
    const cameras = by === 'camera' || filter.cameraId !== undefined ? OF_EACH_CAMERA : OF_ALL_CAMERAS;
    return `SELECT ${key} AS of, violations AS n FROM violation_tallies WHERE grain = '${of}' AND ${cameras} AND ${where}`;
  }

  async groups(filter: ViolationConditions, order: 'oldest' | 'newest', among: number): Promise<ViolationGroup[]> {
    const { where, values } = conditions(asConditions(filter));
    const direction = order === 'oldest' ? 'ASC' : 'DESC';
    const rows = await this.sql.query<Omit<ViolationGroup, 'ids'> & { ids: string[] }>(
      `WITH among AS (
         SELECT id, camera_id, violation_type, track_id, timestamp, confidence FROM violation_events
          WHERE ${OF_THE_SITE} AND ${where}
          ORDER BY violation_events.timestamp ${direction}, violation_events.id ${direction} LIMIT $${values.push(among)}
       ), beginning AS (
         SELECT *, CASE WHEN timestamp - lag(timestamp) OVER line <= interval '${GAP_SECONDS} s'
                          OR track_id = lag(track_id) OVER line THEN 0 ELSE 1 END AS begins
           FROM among WINDOW line AS (PARTITION BY camera_id, violation_type ORDER BY timestamp, id)
       ), grouped AS (
         SELECT *, sum(begins) OVER (PARTITION BY camera_id, violation_type ORDER BY timestamp, id) AS nth FROM beginning
       )
       SELECT camera_id AS "cameraId", violation_type AS "violationType",
              CASE WHEN count(DISTINCT track_id) = 1 AND count(track_id) = count(*) THEN min(track_id)::float8 END AS "trackId",
              min(timestamp) AS "from", max(timestamp) AS "to", max(confidence) AS confidence,
              array_agg(id ORDER BY timestamp, id) AS ids
         FROM grouped GROUP BY camera_id, violation_type, nth
        ORDER BY ${order === 'oldest' ? 'min(timestamp), min(id)' : 'max(timestamp) DESC, max(id) DESC'}`,
      values,
    );
    return rows.map(({ ids, ...group }) => ({ ...group, ids: ids.map(Number) }));
  }

  async claim(ids: readonly number[], by: string, now: Date, until: Date): Promise<readonly ReviewClaim[]> {
    await this.sql.execute(
      `INSERT INTO violation_claims AS known (violation_id, claimed_by, expires_at)
       SELECT id, $2, $4 FROM violation_events WHERE id = ANY($1::bigint[]) ORDER BY id
       ON CONFLICT (violation_id) DO UPDATE SET claimed_by = excluded.claimed_by, expires_at = excluded.expires_at
         WHERE known.claimed_by = $2 OR known.expires_at <= $3`,
      [ids, by, now, until],
    );
    return (await this.claims(now)).filter((claim) => claim.by !== by && ids.includes(claim.violationId));
  }

  async release(ids: readonly number[], by: string): Promise<void> {
    const sql = 'DELETE FROM violation_claims WHERE violation_id = ANY($1::bigint[]) AND claimed_by = $2';
    await this.sql.execute(sql, [ids, by]);
  }

  async claims(now: Date): Promise<readonly ReviewClaim[]> {
    return this.sql.query<ReviewClaim>(
      `SELECT violation_id::float8 AS "violationId", claimed_by AS by, expires_at AS "expiresAt"
         FROM violation_claims WHERE expires_at > $1 ORDER BY violation_id`,
      [now],
    );
  }
}
