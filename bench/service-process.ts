import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { residentMb } from './resident-mb';

const MAIN = path.resolve(__dirname, '../src/main.js');
const LOOK_MS = 200;
const STEADY_LOOKS = 5;
const STEADY_MB = 1;

/** The service as an operator starts it, in a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startService(environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', PORT: '0', ...environment };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const url = await Promise.race([
    readyUrl(child),
    ended.then(([code]) => Promise.reject(new Error(`it exited: ${code}`))),
  ]);
  return { url, pid: child.pid ?? 0, stop };
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('the service has no output');
  const lines = createInterface({ input: stdout });
  return new Promise((resolve) => {
    // Goes on reading after the line it wants: a full pipe would stop the service.
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { message?: string; url?: string };
      if (said.message === 'ready' && said.url) resolve(said.url);
    });
  });
}

/** Resident memory once it has stopped moving. */
export async function idleMb(pid: number): Promise<number> {
  const seen: number[] = [];
  for (;;) {
    seen.push(residentMb(pid));
    const last = seen.slice(-STEADY_LOOKS);
    if (last.length === STEADY_LOOKS && Math.max(...last) - Math.min(...last) < STEADY_MB) return last.at(-1) ?? 0;
    await pause(LOOK_MS);
  }
}
