import path from 'node:path';
import type { WorkerHostOptions } from '../../src/infrastructure/process/node-worker-host';

// From the folder of the project, where tests and what they fork run.
const DETECTOR = path.resolve('dist/tests/support/fake-detector.js');

/** Everything of a site's workers below one folder. */
export const workerHostOptions = (dir: string, change: Partial<WorkerHostOptions> = {}): WorkerHostOptions => ({
  command: [process.execPath, DETECTOR, '--camera', '{camera_id}'],
  cwd: dir,
  dataDir: path.join(dir, 'data'),
  logDir: path.join(dir, 'logs'),
  journal: path.join(dir, 'logs/events_record.jsonl'),
  logBytes: 32 << 20,
  ...change,
});
