import { startSharedServer } from './shared-server';

// jest asks for a default export. Workers inherit the environment.
export default async function globalSetup(): Promise<void> {
  process.env.TEST_DATABASE_URL ||= await startSharedServer();
}
