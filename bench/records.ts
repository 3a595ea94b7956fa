import type { Client } from 'pg';
import path from 'node:path';
import { HttpClient } from './http-client';
import { type Contestant, type Effort, interleaved } from './interleaved';
import { seed } from './seeding';
import { timingTable } from './table';
import { Workplace } from './workplace';

const VIOLATIONS: Record<'full' | 'short', number> = { full: 1_000_000, short: 20_000 };
/** Of events, as they are seeded. */
const VIOLATIONS_OF_EVENTS = 20;
const CAMERAS = 50;
const TARGET = 3;
const EFFORT: Record<'full' | 'short', Effort> = {
  full: { rounds: 5, callsPerRound: 60, percentile: 0.95 },
  short: { rounds: 5, callsPerRound: 5, percentile: 0.95 },
};

interface Question {
  readonly query: string;
  readonly where: string;
  readonly offset: number;
}

const QUESTIONS: readonly Question[] = [
  { query: '', where: 'true', offset: 0 },
  { query: '&status=pending', where: `status = 'pending'`, offset: 0 },
  {
    query: '&camera_id=cam-7&violation_type=no_hairnet',
    where: `camera_id = 'cam-7' AND violation_type = 'no_hairnet'`,
    offset: 0,
  },
  { query: '&camera_id=cam-7&offset=1000', where: `camera_id = 'cam-7'`, offset: 1_000 },
];

/** A hundredth of the violations, over the same month. */
const FEW = 100;
const GROWTH_TARGET = 1.5;

/** What must not take longer where there is more: asked of both sites in turn. */
const FLAT = [
  '/records/violations/counts?by=status',
  '/records/violations/counts?by=camera&status=pending',
  '/records/violations/counts?by=hour',
  '/records/violations/groups?status=pending&limit=50',
  '/statistics/series?metric=violations&bucket=1h&by=camera',
  '/statistics/series?metric=violations&bucket=1d&by=type',
];

export async function records(length: 'full' | 'short', violations: number = VIOLATIONS[length]): Promise<string> {
  return `${await lists(length, violations)}\n${await growth(length, violations)}`;
}

/** The same questions where there are few violations and where there are many. */
function growth(length: 'full' | 'short', violations: number): Promise<string> {
  return Workplace.use(async (place) => {
    const sites = [];
    for (const [name, amount] of [
      ['few', violations / FEW],
      ['many', violations],
    ] as const) {
      const { url, client } = await place.database(name);
      const settings = { LOG_DIR: path.join(place.dir, `logs-${name}`) };
      const service = await place.service(url, path.join(place.dir, `${name}.yaml`), settings);
      await fill(client, amount);
      await client.query('VACUUM ANALYZE violation_tallies');
      sites.push(service.url);
    }
    const http = new HttpClient();
    place.onEnd(() => http.close());
    const [few, many] = sites;
    const contestants = FLAT.flatMap((question): Contestant[] => {
      const floor = `few  ${question}`;
      return [
        { name: floor, once: () => http.call('GET', `${few}/api/v1${question}`) },
        { name: `many ${question}`, once: () => http.call('GET', `${many}/api/v1${question}`), floor },
      ];
    });
    const timings = await interleaved(contestants, { ...EFFORT[length], percentile: 0.5 });
    const ratios = FLAT.map((_, i) => (timings[2 * i + 1]?.ms ?? Number.NaN) / (timings[2 * i]?.ms ?? Number.NaN));
    const worst = Math.max(...ratios);
    return [
      `${(violations / FEW).toLocaleString('en')} and ${violations.toLocaleString('en')} violations\n\n`,
      timingTable(timings),
      `\nworst growth ${worst.toFixed(2)}, target ${GROWTH_TARGET} ${worst <= GROWTH_TARGET ? 'met' : 'MISSED'}\n`,
    ].join('');
  });
}

/** The list of violations, with its true total, beside the two bare statements of SQL that it takes. */
function lists(length: 'full' | 'short', violations: number): Promise<string> {
  return Workplace.use(async (place) => {
    const { url, client } = await place.database('records');
    const settings = { LOG_DIR: path.join(place.dir, 'logs') };
    const service = await place.service(url, path.join(place.dir, 'cameras.yaml'), settings);
    await fill(client, violations);
    const http = new HttpClient();
    place.onEnd(() => http.close());
    const contestants = QUESTIONS.flatMap(({ query, where, offset }): Contestant[] => {
      const floor = `SQL ${where}${offset ? ` OFFSET ${offset}` : ''}`;
      // Forced, so that the domain path is measured whatever a comparison with the legacy path may find.
      const list = `${service.url}/api/v1/records/violations?limit=50&force_domain=true${query}`;
      return [
        { name: floor, once: () => bare(client, where, offset) },
        { name: `GET ?limit=50${query}`, once: () => http.call('GET', list), floor },
      ];
    });
    const timings = await interleaved(contestants, EFFORT[length]);
    const ratio = (i: number) => (timings[i + 1]?.ms ?? Number.NaN) / (timings[i]?.ms ?? Number.NaN);
    const worst = Math.max(...QUESTIONS.map((_, i) => ratio(2 * i)));
    const verdict = `${TARGET} ${worst <= TARGET ? 'met' : 'MISSED'}`;
    return [
      `${violations.toLocaleString('en')} violations; the 95th percentile of ${EFFORT[length].callsPerRound} calls, median of rounds\n\n`,
      timingTable(timings),
      `\nworst ratio ${worst.toFixed(2)}, target ${verdict}\n`,
    ].join('');
  });
}

async function bare(client: Client, where: string, offset: number): Promise<void> {
  const list = `SELECT * FROM violation_events WHERE ${where} ORDER BY timestamp DESC, id DESC LIMIT 50 OFFSET ${offset}`;
  await client.query(list);
  await client.query(`SELECT count(*) FROM violation_events WHERE ${where}`);
}

/** All violations at once: a million of them do not need the twenty million events around them. */
export async function fill(client: Client, violations: number): Promise<void> {
  const some = Math.min(violations, 5_000);
  await seed(client, { events: some * VIOLATIONS_OF_EVENTS, cameras: CAMERAS, days: 30 }, new Date());
  await client.query(
    `INSERT INTO violation_events (camera_id, timestamp, violation_type, track_id, confidence, status, bbox)
     SELECT camera_id, timestamp - random() * interval '1 day', violation_type, track_id, confidence, status, bbox
       FROM violation_events CROSS JOIN generate_series(2, $1::int)`,
    [Math.ceil(violations / some)],
  );
  await client.query('VACUUM ANALYZE violation_events');
}
