import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { median } from './interleaved';
import { table } from './table';

const MAIN = path.resolve(__dirname, '../src/main.js');
const TARGET_SECONDS = { first: 8, second: 3 };

/** Seconds from the start of the process until it is ready, as it says itself; it is stopped again. */
async function secondsToReady(dir: string): Promise<number> {
  const folders = { DATA_DIR: path.join(dir, 'data'), LOG_DIR: path.join(dir, 'logs') };
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', PORT: '0', ...folders };
  const child = spawn(process.execPath, [MAIN], {
    env: { ...env, CAMERAS_FILE: path.join(dir, 'cameras.yaml') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let seconds: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { message?: string; seconds?: number };
    if (said.message !== 'ready') continue;
    seconds = said.seconds;
    child.kill('SIGTERM');
  }
  await ended;
  if (seconds === undefined) throw new Error('the service ended before it was ready');
  return seconds;
}

/** Start to ready on bare folders, with making the database, and on the same folders again. */
export async function start(length: 'full' | 'short'): Promise<string> {
  const rounds = length === 'full' ? 5 : 3;
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const dir = mkdtempSync(path.join(tmpdir(), 'watchgate-start-'));
    try {
      first.push(await secondsToReady(dir));
      second.push(await secondsToReady(dir));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  const row = (name: keyof typeof TARGET_SECONDS, seconds: readonly number[]) => {
    const verdict = median(seconds) <= TARGET_SECONDS[name] ? 'met' : 'MISSED';
    const range = `${Math.min(...seconds)} - ${Math.max(...seconds)}`;
    return [`${name} start`, median(seconds).toFixed(1), range, `${TARGET_SECONDS[name]} ${verdict}`];
  };
  const head = ['', 'median s', 'rounds', 'target s'];
  return `start to ready, ${rounds} rounds\n\n${table(head, [row('first', first), row('second', second)])}`;
}
