import { spawn } from 'node:child_process';
import { renameSync, writeFileSync, writeSync } from 'node:fs';

// A worker for tests, in a process of its own: `BEHAVIOUR` says what is wrong with it.
const { STATUS_FILE = '', BEHAVIOUR = '', DETECTOR_FLOOD_MB = '50' } = process.env;
const DEAF = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);`;

let frames = 0;
function report(): void {
  frames += 5;
  writeFileSync(`${STATUS_FILE}.tmp`, JSON.stringify({ frames, fps: 25 }));
  renameSync(`${STATUS_FILE}.tmp`, STATUS_FILE);
}

/** About 10 MB each second, in numbered lines. */
function flood(megabytes: number): void {
  let line = 0;
  const timer = setInterval(() => {
    const lines = Array.from({ length: 2_000 }, () => `${String(line++).padStart(9, '0')} ${'x'.repeat(89)}\n`);
    writeSync(1, lines.join(''));
    if (line < megabytes * 10_000) return;
    clearInterval(timer);
    writeSync(1, 'flood over\n');
  }, 20);
}

if (BEHAVIOUR === 'deaf') process.on('SIGTERM', () => undefined);
if (BEHAVIOUR === 'parent') spawn(process.execPath, ['-e', DEAF], { stdio: 'ignore' });
if (BEHAVIOUR === 'flood') flood(Number(DETECTOR_FLOOD_MB));
if (BEHAVIOUR === 'environment') writeSync(1, `${JSON.stringify(process.env)}\n`);
if (BEHAVIOUR === 'dies') process.exit(0);
report();
setInterval(report, 200);
