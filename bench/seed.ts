import { Client } from 'pg';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { journalOf } from '../src/composition/events';
import { withDatabaseUrl } from '@watchgate/embedded-postgres';
import { readSettings } from '../src/infrastructure/environment/settings';
import { Database } from '../src/infrastructure/postgres/database';
import { seed } from './seeding';

const USAGE = `npm run seed -- [--events 1000000] [--cameras 50] [--days 30]

Adds events, their sums and violations, and detection reports up to now to the database of DATABASE_URL, or to the
embedded one in DATA_DIR, and to the journal in LOG_DIR as a file of its own, so that both paths answer from the same
data. On a site that has events already, the legacy path may miss those that lie among its own: seed first.
`;

function amountOf(args: readonly string[]) {
  const options = {
    events: { type: 'string', default: '1000000' },
    cameras: { type: 'string', default: '50' },
    days: { type: 'string', default: '30' },
    help: { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const whole = (name: 'events' | 'cameras' | 'days', most: number) => {
    const n = Number(values[name]);
    if (Number.isInteger(n) && n >= 1 && n <= most) return n;
    throw new Error(`--${name} must be a whole number from 1 to ${most}.\n\n${USAGE}`);
  };
  return values.help
    ? undefined
    : { events: whole('events', 1e9), cameras: whole('cameras', 10_000), days: whole('days', 180) };
}

/** As a detector writes them: in the order of time, whatever the order they were made in. */
const LINES = `
  SELECT json_build_object('id', id, 'ts', extract(epoch FROM ts)::float8, 'type', type, 'camera_id', camera_id,
                           'track_id', track_id, 'evidence', evidence)::text AS line
    FROM all_seeded ORDER BY ts`;
const LINES_AT_ONCE = 20_000;

/** The file gets its name last: a running service finds it whole, with events it knows already. */
async function writeJournal(sql: Client, journal: string): Promise<void> {
  const folder = dirname(journal);
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `seeding-${process.pid}.tmp`);
  const file = await open(unfinished, 'w');
  try {
    await sql.query(`BEGIN; DECLARE lines CURSOR FOR ${LINES}`);
    for (;;) {
      const { rows } = await sql.query<{ line: string }>(`FETCH ${LINES_AT_ONCE} FROM lines`);
      if (rows.length === 0) break;
      await file.write(rows.map(({ line }) => `${line}\n`).join(''));
    }
    await sql.query('COMMIT');
    await file.sync();
  } finally {
    await file.close();
  }
  const name = join(folder, `events_record-seeded-${Date.now()}.jsonl`);
  await rename(unfinished, name);
  process.stdout.write(`The journal has them in ${name}\n`);
}

async function fill(url: string, journal: string, amount: NonNullable<ReturnType<typeof amountOf>>): Promise<void> {
  const database = new Database(url, (error) => process.stderr.write(`${error.message}\n`));
  await database.open();
  await database.close();
  const sql = new Client({ connectionString: url, options: '-c timezone=UTC' });
  await sql.connect();
  const from = performance.now();
  try {
    await sql.query(
      'CREATE TEMP TABLE all_seeded AS SELECT id, ts, camera_id, type, track_id, evidence FROM events LIMIT 0',
    );
    const tell = (done: number) => {
      const rate = (done * 1000) / (performance.now() - from);
      process.stdout.write(
        `${done.toLocaleString('en')} of ${amount.events.toLocaleString('en')} events, ${Math.round(rate).toLocaleString('en')}/s\n`,
      );
    };
    const each = async () => {
      await sql.query(`INSERT INTO all_seeded (id, ts, camera_id, type, track_id, evidence)
                       SELECT id, ts, camera_id, type, track_id, evidence FROM seeded`);
    };
    await seed(sql, amount, new Date(), { tell, each });
    await writeJournal(sql, journal);
  } finally {
    await sql.end();
  }
}

async function main(args: readonly string[]): Promise<void> {
  const amount = amountOf(args);
  if (!amount) return void process.stdout.write(USAGE);
  const settings = readSettings(process.env);
  await withDatabaseUrl(settings, (url) => fill(url, journalOf(settings), amount));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
