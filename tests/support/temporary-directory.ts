import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Open to other users: tests run by root start PostgreSQL as one of them. */
export function temporaryDirectory(): string {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'watchgate-test-')));
  chmodSync(dir, 0o755);
  return dir;
}
