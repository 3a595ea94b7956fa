import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { createSite } from '../../src/composition/site';
import { rememberingLog } from '../support/quiet-log';
import { testSettings } from '../support/test-site';
import { type CrashOperation, perform } from './crash-operations';

/** Performs one operation and dies by SIGKILL at a given step of it; says `ACK` if it came so far as to answer. */
async function main(): Promise<void> {
  const [databaseUrl = '', camerasFile = '', operation, step] = process.argv.slice(2);
  const site = createSite(testSettings({ databaseUrl, camerasFile }), {
    log: rememberingLog(),
    onStep: (reached) => {
      if (reached === step) process.kill(process.pid, 'SIGKILL');
    },
  });
  await site.platform.database.writes.initialize();
  await perform(operation as CrashOperation, site);
  writeSync(1, 'ACK');
  await site.platform.database.close();
}

main().catch((error: unknown) => {
  writeSync(2, String(error instanceof Error ? error.stack : error));
  process.exit(1);
});
