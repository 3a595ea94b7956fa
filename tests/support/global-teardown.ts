import { stopSharedServer } from './shared-server';

// jest asks for a default export.
export default async function globalTeardown(): Promise<void> {
  await stopSharedServer();
}
