import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { JournalEvent, StatusRecord } from '../../src/worker/detection-worker';
import { eventually } from './eventually';
import { temporaryDirectory } from './temporary-directory';

const WORKER = path.resolve(__dirname, '../../dist/src/worker/main.js');

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Processes with this parent. */
export function childrenOf(pid: number): number[] {
  const parentOf = (entry: string): number => {
    const stat = path.join('/proc', entry, 'stat');
    // The name, in brackets, may hold spaces.
    return existsSync(stat)
      ? Number(
          readFileSync(stat, 'utf8')
            .replace(/^.*\) \S /s, '')
            .split(' ')[0],
        )
      : -1;
  };
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid)
    .map(Number);
}

/** The bundled worker in a process of its own, with files of its own. */
export class WorkerRun {
  output = '';
  readonly ended: Promise<WorkerEnd>;
  private readonly child: ChildProcess;

  private constructor(
    source: string,
    readonly dir: string,
    environment: Readonly<Record<string, string>>,
  ) {
    const file = (name: string) => path.join(dir, name);
    const files = {
      JOURNAL: file('journal'),
      STATUS_FILE: file('status'),
      FRAME_FILE: file('frame.jpg'),
      FRAMES_DIR: file('frames'),
    };
    const env = { PATH: process.env.PATH, CAMERA_ID: 'cam1', CAMERA_SOURCE: source, ...files, ...environment };
    this.child = spawn(process.execPath, [WORKER], { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data) => (this.output += String(data)));
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  static start(source: string, environment: Readonly<Record<string, string>> = {}): WorkerRun {
    return new WorkerRun(source, temporaryDirectory(), environment);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  status(): StatusRecord {
    return JSON.parse(readFileSync(path.join(this.dir, 'status'), 'utf8')) as StatusRecord;
  }

  frame(): Buffer {
    return readFileSync(path.join(this.dir, 'frame.jpg'));
  }

  events(): JournalEvent[] {
    const text = readFileSync(path.join(this.dir, 'journal'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalEvent);
  }

  /** Once it counts frames. */
  seeing(frames = 1): Promise<StatusRecord> {
    const enough = (): StatusRecord => {
      const status = this.status();
      if (status.frames < frames) throw new Error(`${status.frames} frames; it said: ${this.output}`);
      return status;
    };
    return eventually(enough, { within: 15_000 + frames * 500, what: 'a status with frames' });
  }

  end(signal: NodeJS.Signals): Promise<WorkerEnd> {
    this.child.kill(signal);
    return this.ended;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }
}
