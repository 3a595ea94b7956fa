import { stopSharedServer } from './shared-server';
import { onServer } from './test-database';

// jest asks for a default export.
export default async function globalTeardown(): Promise<void> {
  const { TEST_DATABASE_URL: server = '', TEST_DATABASE_TEMPLATE: template = '' } = process.env;
  await onServer(server, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
  await stopSharedServer();
}
