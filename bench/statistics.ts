import type { Client } from 'pg';
import path from 'node:path';
import { HttpClient } from './http-client';
import { type Contestant, type Effort, interleaved } from './interleaved';
import { seed } from './seeding';
import { table } from './table';
import { Workplace } from './workplace';

const FEW = 10_000;
const MANY: Record<'full' | 'short', number> = { full: 1_000_000, short: 100_000 };
const LAST_HOUR = 1_000;
const CAMERAS = 50;
const DAYS = 30;
const TARGET = 1.5;
const EFFORT: Record<'full' | 'short', Effort> = {
  full: { rounds: 9, callsPerRound: 40 },
  short: { rounds: 5, callsPerRound: 10 },
};

const READS = [
  '/statistics/realtime',
  '/statistics/summary?minutes=60&limit=100',
  '/statistics/daily?days=7',
  '/statistics/history?minutes=60',
  '/events/recent?limit=100&minutes=60',
];

/** The same reads, with the same last hour, on little history and on much of it. */
export function statistics(length: 'full' | 'short', rows: number = MANY[length]): Promise<string> {
  return Workplace.use(async (place) => {
    const [few, many] = [await site(place, 'few', FEW), await site(place, 'many', rows)];
    const [onFew, onMany] = [new HttpClient(), new HttpClient()];
    place.onEnd(() => [onFew, onMany].forEach((client) => client.close()));
    const contestants = READS.flatMap((read): Contestant[] => [
      { name: `few ${read}`, once: () => onFew.call('GET', `${few}/api/v1${read}`) },
      { name: `many ${read}`, once: () => onMany.call('GET', `${many}/api/v1${read}`) },
    ]);
    const timings = await interleaved(contestants, EFFORT[length]);
    const ms = (name: string) => timings.find(({ contestant }) => contestant.name === name)?.ms ?? Number.NaN;
    const lines = READS.map((read) => {
      const [less, more] = [ms(`few ${read}`), ms(`many ${read}`)];
      const ratio = more / less;
      return [
        read,
        less.toFixed(2),
        more.toFixed(2),
        ratio.toFixed(2),
        `${TARGET} ${ratio <= TARGET ? 'met' : 'MISSED'}`,
      ];
    });
    const head = ['GET', `ms at ${FEW.toLocaleString('en')}`, `ms at ${rows.toLocaleString('en')}`, 'ratio', 'target'];
    return `${DAYS} days of events, ${LAST_HOUR} of them in the last hour of both; medians over HTTP\n\n${table(head, lines)}`;
  });
}

/** A service on a database with that many events; the last hour is the same in all of them. */
async function site(place: Workplace, name: string, events: number): Promise<string> {
  const { url, client } = await place.database(name);
  const settings = { LOG_DIR: path.join(place.dir, `logs-${name}`) };
  const service = await place.service(url, path.join(place.dir, `${name}.yaml`), settings);
  await fill(client, events);
  return service.url;
}

async function fill(client: Client, events: number): Promise<void> {
  const now = new Date();
  const anHourAgo = new Date(now.getTime() - 3_600_000);
  await seed(client, { events: events - LAST_HOUR, cameras: CAMERAS, days: DAYS }, anHourAgo);
  await seed(client, { events: LAST_HOUR, cameras: CAMERAS, days: 1 / 24 }, now);
  await client.query('VACUUM ANALYZE');
}
