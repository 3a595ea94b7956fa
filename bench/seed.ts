import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { withDatabaseUrl } from '../src/infrastructure/embedded-postgres/with-database-url';
import { readSettings } from '../src/infrastructure/environment/settings';
import { Database } from '../src/infrastructure/postgres/database';
import { seed } from './seeding';

const USAGE = `npm run seed -- [--events 1000000] [--cameras 50] [--days 30]

Adds events, their sums and violations, and detection reports up to now to the database of DATABASE_URL, or to the
embedded one in DATA_DIR. The legacy path does not see them, because they never were in the journal: try them with
USE_DOMAIN_SERVICE=true and without a running rollout.
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

async function fill(url: string, amount: NonNullable<ReturnType<typeof amountOf>>): Promise<void> {
  const database = new Database(url, (error) => process.stderr.write(`${error.message}\n`));
  await database.open();
  await database.close();
  const sql = new Client({ connectionString: url, options: '-c timezone=UTC' });
  await sql.connect();
  const from = performance.now();
  try {
    await seed(sql, amount, new Date(), (done) => {
      const rate = (done * 1000) / (performance.now() - from);
      process.stdout.write(
        `${done.toLocaleString('en')} of ${amount.events.toLocaleString('en')} events, ${Math.round(rate).toLocaleString('en')}/s\n`,
      );
    });
  } finally {
    await sql.end();
  }
}

async function main(args: readonly string[]): Promise<void> {
  const amount = amountOf(args);
  if (!amount) return void process.stdout.write(USAGE);
  await withDatabaseUrl(readSettings(process.env), (url) => fill(url, amount));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
