import type { Client } from 'pg';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createSite } from '../src/composition/site';
import { readSettings } from '../src/infrastructure/environment/settings';
import { HttpClient } from './http-client';
import { median } from './interleaved';
import { COPY_COLUMNS, copyText, journalLines } from './journal-lines';
import { table } from './table';
import { Workplace } from './workplace';

const ROUNDS = 5;
const EVENTS: Record<'full' | 'short', number> = { full: 100_000, short: 10_000 };
const TARGET_SHARE = 0.35;
const LOOKS: Record<'full' | 'short', number> = { full: 30, short: 5 };
const TARGET_SEEN_MS = 500;

const QUIET = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };

/** From the journal to the tables, sums and violations included, beside a bare COPY of the same rows from a file. */
export function ingest(length: 'full' | 'short'): Promise<string> {
  return Workplace.use(async (place) => {
    const count = EVENTS[length];
    const [copying, taking] = [await place.database('copying'), await place.database('taking')];
    await (await prepared(copying.url, place.dir)).platform.database.close();
    const site = await prepared(taking.url, place.dir);
    place.onEnd(() => site.platform.database.close());
    const rates: { copy: number[]; ingest: number[] } = { copy: [], ingest: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      const lines = journalLines(count, Date.now() / 1000);
      const contestants = [
        async () => rates.copy.push(await copied(copying.client, place.dir, copyText(lines), count)),
        async () => rates.ingest.push(await takenIn(taking.client, site, place.dir, lines)),
      ];
      for (const once of round % 2 === 0 ? contestants : contestants.reverse()) await once();
    }
    // The first round warmed up.
    const [floor, rate] = [median(rates.copy.slice(1)), median(rates.ingest.slice(1))];
    const share = rate / floor;
    const seen = await untilSeen(place, taking.url, LOOKS[length]);
    return [
      `${count} events of one hour, 50 cameras, 5 % violations; medians of ${ROUNDS} rounds\n\n`,
      table(
        ['', 'rows/s', 'rounds', 'of its floor', 'target'],
        [
          ['floor: COPY events FROM a file', perSecond(floor), range(rates.copy), '', ''],
          [
            'journal to events, sums, violations',
            perSecond(rate),
            range(rates.ingest),
            share.toFixed(2),
            verdict(share >= TARGET_SHARE, `${TARGET_SHARE}`),
          ],
        ],
      ),
      `\nwritten to the journal until answered by /events/recent: median ${median(seen).toFixed(0)} ms, ` +
        `slowest of ${seen.length} ${Math.max(...seen).toFixed(0)} ms (${verdict(Math.max(...seen) <= TARGET_SEEN_MS, `${TARGET_SEEN_MS}`)})\n`,
    ].join('');
  });
}

const perSecond = (rate: number) => Math.round(rate).toLocaleString('en');
const range = (rates: readonly number[]) =>
  `${perSecond(Math.min(...rates.slice(1)))} - ${perSecond(Math.max(...rates.slice(1)))}`;
const verdict = (met: boolean, target: string) => `${target} ${met ? 'met' : 'MISSED'}`;

async function prepared(databaseUrl: string, logDir: string) {
  const settings = { ...readSettings({}), databaseUrl, logDir, camerasFile: path.join(logDir, 'cameras.yaml') };
  const site = createSite(settings, { log: QUIET });
  await site.platform.database.open();
  await site.events.eventRetention.prepare();
  return site;
}

/** Rows per second. */
async function copied(client: Client, dir: string, text: string, count: number): Promise<number> {
  const file = path.join(dir, 'rows.txt');
  await writeFile(file, text, { mode: 0o644 });
  await client.query('TRUNCATE events');
  await client.query('CHECKPOINT');
  const from = performance.now();
  await client.query(`COPY events (${COPY_COLUMNS}) FROM '${file}'`);
  return (count * 1000) / (performance.now() - from);
}

async function takenIn(
  client: Client,
  site: Awaited<ReturnType<typeof prepared>>,
  dir: string,
  lines: readonly object[],
): Promise<number> {
  const journal = path.join(dir, 'events_record.jsonl');
  await rm(journal, { force: true });
  await writeFile(journal, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await client.query('TRUNCATE events, event_keys, event_rollups, violation_events, violation_changes, journal_files');
  await client.query('CHECKPOINT');
  const from = performance.now();
  await site.events.ingestor.pass();
  const rate = (lines.length * 1000) / (performance.now() - from);
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM events');
  if (rows[0]?.count !== lines.length) throw new Error(`${rows[0]?.count} of ${lines.length} events were taken in`);
  return rate;
}

/** Milliseconds from a line in the journal to its answer, each time for a new event of a running service. */
async function untilSeen(place: Workplace, databaseUrl: string, looks: number): Promise<number[]> {
  const logDir = path.join(place.dir, 'seen');
  await mkdir(logDir);
  const { url } = await place.service(databaseUrl, path.join(place.dir, 'cameras.yaml'), { LOG_DIR: logDir });
  const client = new HttpClient();
  place.onEnd(() => client.close());
  const seen: number[] = [];
  for (let i = 0; i < looks; i++) {
    const [line] = journalLines(1, Date.now() / 1000 + 3_600);
    const from = performance.now();
    await appendFile(path.join(logDir, 'events_record.jsonl'), `${JSON.stringify(line)}\n`);
    const recent = async () =>
      String(await client.call('GET', `${url}/api/v1/events/recent?limit=5&force_domain=true`));
    while (!(await recent()).includes(line?.id ?? '')) continue;
    seen.push(performance.now() - from);
  }
  return seen;
}
