import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { CameraSupervisor } from '../../src/application/camera-control/camera-supervisor';
import { systemTimers } from '../../src/infrastructure/environment/scheduler';
import { NodeWorkerHost } from '../../src/infrastructure/process/node-worker-host';
import { rememberingLog } from './quiet-log';
import { workerSettings } from './worker-settings';
import { workerHostOptions } from './worker-site';

const SELF = path.resolve('dist/tests/support/supervising-process.js');

/** A program that starts workers, to be killed. Resolves with their pids once all run. */
export async function forkSupervisor(dir: string, ids: readonly string[]): Promise<[ChildProcess, number[]]> {
  const child = fork(SELF, [dir, ...ids], { execArgv: [] });
  const [pids] = (await once(child, 'message')) as [number[]];
  return [child, pids];
}

async function main([dir = '', ...ids]: string[]): Promise<void> {
  const log = rememberingLog();
  const supervisor = new CameraSupervisor(new NodeWorkerHost(workerHostOptions(dir), log), systemTimers, log);
  const views = await Promise.all(ids.map((id) => supervisor.start(workerSettings(id))));
  process.send?.(views.map(({ pid }) => pid));
}

if (require.main === module) void main(process.argv.slice(2));
