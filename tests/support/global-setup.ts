import { Database } from '../../src/infrastructure/postgres/database';
import { startSharedServer } from './shared-server';
import { createTestDatabase, onServer } from './test-database';

/** What a test run writes need not outlive the machine; that it outlives its processes is what tests look at. */
const QUICK = ['fsync = off', 'full_page_writes = off'];

// jest asks for a default export. Workers inherit the environment.
export default async function globalSetup(): Promise<void> {
  if (!process.env.TEST_DATABASE_URL) {
    const url = await startSharedServer();
    process.env.TEST_DATABASE_URL = url;
    for (const setting of QUICK) await onServer(url, `ALTER SYSTEM SET ${setting}`);
    await onServer(url, 'SELECT pg_reload_conf()');
    // Without fsync it is several times as quick as writing all pages to the log.
    process.env.TEST_DATABASE_STRATEGY = 'STRATEGY FILE_COPY';
  }
  process.env.TEST_DATABASE_TEMPLATE = await migratedDatabase();
}

/** Migrating once and copying is quicker than migrating for every test. */
async function migratedDatabase(): Promise<string> {
  const { url } = await createTestDatabase({ empty: true });
  const database = new Database(url, () => undefined);
  await database.open();
  await database.close();
  return new URL(url).pathname.slice(1);
}
