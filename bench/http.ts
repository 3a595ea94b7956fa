import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { READS } from './bare-reads';
import { HttpClient } from './http-client';
import { type FloodRequest, flood } from './http-flood';
import { median } from './interleaved';
import { manyCameras } from './many-cameras';
import { seed } from './seeding';
import { table } from './table';
import { Workplace } from './workplace';

const LANES = 16;
/** With one connection nobody asks at the same time, so that no two requests share an answer. */
const ALONE = 1;
const EVENTS = 200_000;
const CAMERAS = 20;
const EFFORT: Record<'full' | 'short', { readonly rounds: number; readonly ms: number }> = {
  full: { rounds: 7, ms: 1_500 },
  short: { rounds: 5, ms: 200 },
};
/** The seeded events never were in the journal: a comparison with the legacy path would take the group back. */
const DOMAIN = '?force_domain=true';
const TARGETS = { rows: 1, text: 0.6, write: 0.5, overhead: 0.15 };

interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly next: () => FloodRequest;
  /** Brings things back to where every round begins. */
  readonly before?: () => Promise<unknown>;
}

/** Requests per second of the whole stack beside bare handlers, and beside itself without rollout, metrics and logs. */
export function http(length: 'full' | 'short'): Promise<string> {
  return Workplace.use(async (place) => {
    const all = await servers(place);
    const { service, plain, bare } = all;
    const reads: string[][] = [];
    const alone: string[][] = [];
    const apart: string[][] = [];
    for (const read of Object.keys(READS)) {
      const of = (name: string, url: string, prefix: string, query = ''): Contestant => ({
        name,
        url,
        next: () => ({ method: 'GET', path: `${prefix}${read}${query}` }),
      });
      const rates = await interleaved(
        [
          of('rows', bare, ''),
          of('text', bare, '/text'),
          of('plain', plain, '/api/v1', DOMAIN),
          of('ours', service, '/api/v1', DOMAIN),
        ],
        EFFORT[length],
      );
      const single = [of('rows', bare, ''), of('ours', service, '/api/v1', DOMAIN)];
      alone.push(aloneLine(read, await interleaved(single, EFFORT[length], ALONE)));
      if (LIMITED.has(read)) apart.push(apartLine(read, await interleaved(unlike(all, read), EFFORT[length])));
      const [ofRows, ofText] = [share(rates, 'ours', 'rows'), share(rates, 'ours', 'text')];
      const overhead = 1 - share(rates, 'ours', 'plain');
      reads.push([
        `GET ${read}`,
        ...['rows', 'text', 'ours'].map((name) => shown(rates.get(name))),
        `${ofRows.toFixed(2)} (${TARGETS.rows} ${met(ofRows >= TARGETS.rows)})`,
        `${ofText.toFixed(2)} (${TARGETS.text} ${met(ofText >= TARGETS.text)})`,
        `${(overhead * 100).toFixed(0)} % (${TARGETS.overhead * 100} ${met(overhead <= TARGETS.overhead)})`,
      ]);
    }
    const writes = await writing(all, EFFORT[length]);
    const head = ['', 'SELECT + stringify', 'json_agg text', 'this service', 'of rows', 'of text', 'overhead'];
    return [
      `requests per second, ${LANES} connections, ${EVENTS.toLocaleString('en')} events, ${CAMERAS} cameras; medians of ${EFFORT[length].rounds} rounds\n\n`,
      table(head, reads),
      `\n${table(['one connection', 'SELECT + stringify', 'this service', 'of rows'], alone)}`,
      `\n${table([`${LANES} connections, no two alike`, 'SELECT + stringify', 'json_agg text', 'this service', 'of rows', 'of text'], apart)}`,
      `\n${table(['', 'bare transaction', 'this service', 'ratio'], writes)}`,
    ].join('');
  });
}

const shown = (rate: number | undefined) => Math.round(rate ?? 0).toLocaleString('en');

const aloneLine = (read: string, rates: ReadonlyMap<string, number>): string[] => [
  `GET ${read}`,
  shown(rates.get('rows')),
  shown(rates.get('ours')),
  share(rates, 'ours', 'rows').toFixed(2),
];

/** Reads of which each of many can ask for something else. */
const LIMITED = new Set(['/alerts/rules', '/events/recent', '/records/violations', '/statistics/summary']);
const LIMITS = { most: 100, different: 4 * LANES };

/** As many different limits in turn as no two requests under way have the same. */
function unlike({ service, bare }: Servers, read: string): Contestant[] {
  const of = (name: string, url: string, prefix: string, query = ''): Contestant => {
    let asked = 0;
    const limit = () => LIMITS.most - ((asked += 1) % LIMITS.different);
    return { name, url, next: () => ({ method: 'GET', path: `${prefix}${read}?limit=${limit()}${query}` }) };
  };
  return [of('rows', bare, ''), of('text', bare, '/text'), of('ours', service, '/api/v1', `&${DOMAIN.slice(1)}`)];
}

const apartLine = (read: string, rates: ReadonlyMap<string, number>): string[] => [
  `GET ${read}?limit=n`,
  ...['rows', 'text', 'ours'].map((name) => shown(rates.get(name))),
  share(rates, 'ours', 'rows').toFixed(2),
  share(rates, 'ours', 'text').toFixed(2),
];

const met = (is: boolean) => (is ? 'met' : 'MISSED');
const share = (rates: ReadonlyMap<string, number>, one: string, other: string) =>
  (rates.get(one) ?? Number.NaN) / (rates.get(other) ?? Number.NaN);

type Servers = Awaited<ReturnType<typeof servers>>;

async function servers(place: Workplace) {
  const camerasFile = path.join(place.dir, 'cameras.yaml');
  await writeFile(camerasFile, manyCameras(CAMERAS));
  const { url: databaseUrl, client } = await place.database('http');
  const settings = { LOG_DIR: path.join(place.dir, 'logs'), RATE_LIMIT_PER_MINUTE: '0' };
  const service = await place.service(databaseUrl, camerasFile, settings);
  await seed(client, { events: EVENTS, cameras: CAMERAS, days: 30 }, new Date());
  const of = { DATABASE_URL: databaseUrl, CAMERAS_FILE: camerasFile, ...settings };
  const at = (port: unknown) => `http://127.0.0.1:${String(port)}`;
  return {
    client,
    service: service.url,
    plain: at(await place.program('plain-stack.js', of)),
    bare: at(await place.program('bare-server.js', of)),
  };
}

async function writing(place: Servers, effort: (typeof EFFORT)['full']): Promise<string[][]> {
  const { service, bare, client } = place;
  let made = 0;
  const rule = { name: 'made', rule_type: 'violation', conditions: { threshold: 5 } };
  const writes = [
    {
      where: '/cameras',
      body: () => JSON.stringify({ id: `made-${(made += 1)}`, name: 'made', source: '0', active: false }),
      before: () => onlyTheFirst(service),
    },
    {
      where: '/alerts/rules',
      body: () => JSON.stringify(rule),
      before: () => client.query(`DELETE FROM alert_rules WHERE name = 'made'`),
    },
  ];
  const lines: string[][] = [];
  for (const { where, body, before } of writes) {
    const rates = await interleaved(
      [
        { name: 'bare', url: bare, next: () => ({ method: 'POST', path: '/', body: body() }) },
        { name: 'ours', url: service, next: () => ({ method: 'POST', path: `/api/v1${where}`, body: body() }), before },
      ],
      effort,
    );
    const ratio = share(rates, 'ours', 'bare');
    const verdict = `${ratio.toFixed(2)} (${TARGETS.write} ${met(ratio >= TARGETS.write)})`;
    lines.push([`POST ${where}`, shown(rates.get('bare')), shown(rates.get('ours')), verdict]);
  }
  return lines;
}

/** The cameras of the beginning, and no others: each one in the file makes the next change dearer. */
async function onlyTheFirst(service: string): Promise<void> {
  const http = new HttpClient();
  await http.call('POST', `${service}/api/v1/cameras/config/revisions/1/restore`);
  http.close();
}

/** Medians of the rounds; the first one warms up, and every other one goes the other way round. */
async function interleaved(
  contestants: readonly Contestant[],
  { rounds, ms }: (typeof EFFORT)['full'],
  lanes = LANES,
): Promise<ReadonlyMap<string, number>> {
  const rates = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const { name, url, next, before } of round % 2 === 0 ? contestants : [...contestants].reverse()) {
      await before?.();
      const rate = await flood(url, lanes, ms, next);
      if (round > 0) rates.get(name)?.push(rate);
    }
  return new Map([...rates].map(([name, all]) => [name, median(all)]));
}
