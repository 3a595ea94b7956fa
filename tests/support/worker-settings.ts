import type { WorkerSettings } from '../../src/application/camera-control/worker-host';

/** Settings of a worker for tests. */
export const workerSettings = (id: string, change: Partial<WorkerSettings> = {}): WorkerSettings => ({
  id,
  source: 'rtsp://127.0.0.1/1',
  expectedFps: 25,
  env: {},
  options: {},
  ...change,
});
