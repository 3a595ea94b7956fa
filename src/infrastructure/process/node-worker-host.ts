import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Picture } from '../../application/camera-control/camera-previews';
import {
  type LiveWorker,
  type Worker,
  type WorkerHost,
  type WorkerSettings,
  type WorkerStatus,
  fingerprint,
} from '../../application/camera-control/worker-host';
import type { Log } from '../../application/shared/log';
import type { Exit } from '../../domain/camera-control/camera-process';
import { maskAddress, maskText } from '../../domain/cameras/camera-secrets';
import type { JsonObject } from '../../domain/shared/json';
import { hasCode } from '../system/files';
import { MARK, hasToken, leadsGroup, processesByToken, send, startOf } from '../system/process-identity';
import { WorkerFiles } from './worker-files';
import { rotateLog } from './worker-log';

const TRIES = 40;
const PAUSE_MS = 25;

/**
 * Kills what a dead worker left of its process group. A group whose leader has ended keeps its number, but so would a
 * new group of that number: only processes with the worker's token are signalled.
 */
async function endLeftovers({ pid, token }: { pid: number; token: string }): Promise<void> {
  for (let i = 0; i < TRIES && groupLives(pid); i++) {
    const left = processesByToken().get(token) ?? [];
    if (left.length === 0) return;
    for (const each of left) send(each, 'SIGKILL');
    await pause(PAUSE_MS);
  }
}

function groupLives(pid: number): boolean {
  try {
    return pid > 1 && send(-pid, 0);
  } catch (error) {
    // The number belongs to another group by now.
    if (hasCode(error, 'EPERM')) return false;
    throw error;
  }
}

/** The variables that a worker needs from this program's environment: search path, home, time zone and language. */
const INHERITED = ['PATH', 'HOME', 'TZ', 'LANG', 'FFMPEG_PATH'];

/**
 * The arguments of a command, with `{camera_id}`, `{source}` and the names of options replaced. Each argument stays one
 * argument whatever the value holds: there is no shell. A source in a command can be read by all users of the machine.
 */
function commandWords(template: readonly string[], { id, source, options }: WorkerSettings): string[] {
  const values = new Map(Object.entries({ ...options, camera_id: id, source }));
  return template.map((word) => word.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole));
}

const maskedWords = (words: readonly string[]): string[] => words.map((word) => maskText(maskAddress(word)));

/** The camera's own variables cannot replace those of the contract. */
function workerEnvironment(settings: WorkerSettings, contract: Record<string, string>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const fixed = { CAMERA_ID: settings.id, CAMERA_SOURCE: settings.source, ...contract };
  return { ...Object.fromEntries(inherited), ...settings.env, ...fixed };
}

const WATCH_MS = 250;

export interface WorkerHostOptions {
  /** Program and arguments; `{camera_id}`, `{source}` and options are replaced. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly dataDir: string;
  readonly logDir: string;
  /** The file workers append their events to. */
  readonly journal: string;
  /** Size limit of one camera's logs, in bytes. */
  readonly logBytes: number;
  /** What all workers of this host are told besides, as `REGIONS_FILE`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Workers as processes of this machine, each leading a session of its own and writing its own log, so that neither a
 * signal to this program nor its death reaches them.
 */
export class NodeWorkerHost implements WorkerHost {
  readonly files: WorkerFiles;

  constructor(
    private readonly options: WorkerHostOptions,
    private readonly log: Log,
  ) {
    this.files = new WorkerFiles(options.dataDir, options.logDir);
  }

  async spawn(settings: WorkerSettings): Promise<LiveWorker> {
    const { id } = settings;
    const words = commandWords(this.options.command, settings);
    const cmd = maskedWords(words);
    const intent = { id, pid: 0, startedAt: '', token: randomUUID(), fingerprint: fingerprint(settings), cmd };
    await rm(this.files.status(id), { force: true });
    // Recorded before the spawn: should this program die in between, the token finds the worker.
    this.files.remember(intent);
    let child: ChildProcess | undefined;
    try {
      child = this.launch(words, settings, intent.token);
      if (child.pid === undefined) await once(child, 'spawn');
      const pid = child.pid ?? 0;
      // No other process can have this pid yet: this program collects the exit of a child in a later turn.
      const worker = { ...intent, pid, startedAt: startOf(pid) ?? '' };
      this.files.remember(worker);
      return { worker, exited: this.cleanedUp(worker, childExit(child)) };
    } catch (error) {
      child?.kill('SIGKILL');
      await this.files.forget(id);
      throw error;
    }
  }

  async survivors(): Promise<LiveWorker[]> {
    const records = await this.files.remembered();
    const holders = processesByToken();
    const found = records.map((record) => located(record, holders.get(record.token) ?? []));
    for (const dead of found.filter((worker) => !this.isAlive(worker))) await this.cleanUp(dead);
    return found
      .filter((worker) => this.isAlive(worker))
      .map((worker) => {
        this.files.remember(worker);
        return { worker, exited: this.cleanedUp(worker, this.strangerExit(worker)) };
      });
  }

  /** Whether this very worker lives, not whether some process has its pid. */
  isAlive({ pid, startedAt, token }: Worker): boolean {
    return pid > 1 && startedAt !== '' && startOf(pid) === startedAt && hasToken(pid, token);
  }

  signal(worker: Worker, signal: 'SIGTERM' | 'SIGKILL'): void {
    if (worker.pid > 1 && startOf(worker.pid) === worker.startedAt) send(-worker.pid, signal);
  }

  status(worker: Worker): Promise<WorkerStatus | undefined> {
    return this.files.readStatus(worker.id);
  }

  async tendLog(id: string): Promise<void> {
    await rotateLog(this.files.log(id), this.options.logBytes);
  }

  /** The worker's status, in the format of the API; undefined while there is none. */
  counters(id: string): Promise<JsonObject | undefined> {
    return this.files.readCounters(id);
  }

  /** A picture that another detector took, in the place of the worker's own. */
  putPicture(id: string, jpeg: Uint8Array): Promise<void> {
    return this.files.putPicture(id, jpeg);
  }

  /** The worker's last picture; undefined while there is none. */
  picture(id: string): Promise<Picture | undefined> {
    return this.files.readPicture(id);
  }

  /** Removes the files of deleted cameras whose workers have ended. */
  async sweep(cameras: readonly string[]): Promise<void> {
    const workers = await this.files.remembered();
    await this.files.sweep(new Set([...cameras, ...workers.map(({ id }) => id)]));
  }

  logPath(id: string): string {
    return this.files.log(id);
  }

  private launch([program = '', ...args]: string[], settings: WorkerSettings, token: string): ChildProcess {
    const { id } = settings;
    const { journal, cwd, environment = {} } = this.options;
    const contract = {
      ...environment,
      CAMERA_FPS: String(settings.expectedFps),
      JOURNAL: journal,
      STATUS_FILE: this.files.status(id),
      FRAME_FILE: this.files.frame(id),
      FRAMES_DIR: this.files.smallFrames(id),
      LEASE_FILE: this.files.lease,
    };
    const env = workerEnvironment(settings, { ...contract, [MARK]: token });
    const log = this.files.openLog(id);
    try {
      const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log.fd, log.fd] });
      child.unref();
      return child;
    } finally {
      log.close();
    }
  }

  private async cleanedUp(worker: Worker, exit: Promise<Exit>): Promise<Exit> {
    const how = await exit;
    await this.cleanUp(worker).catch((error: unknown) => {
      this.log.error('What a worker left behind cannot be removed', { camera: worker.id, error });
    });
    return how;
  }

  private async cleanUp(worker: Worker): Promise<void> {
    await endLeftovers(worker);
    await this.files.forget(worker.id);
  }

  /** Only a parent is notified of an exit; an adopted worker has to be polled, and its exit code is unknown. */
  private strangerExit({ pid, startedAt }: Worker): Promise<Exit> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (startOf(pid) === startedAt) return;
        clearInterval(timer);
        resolve({ code: null, signal: null });
      }, WATCH_MS);
      timer.unref();
    });
  }
}

const childExit = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));

/**
 * A record written before its worker was started has no pid yet: the leader of the processes with its token is the
 * worker.
 */
function located(record: Worker, holders: readonly number[]): Worker {
  const pid = record.pid || (holders.find(leadsGroup) ?? 0);
  return { ...record, pid, startedAt: record.startedAt || (startOf(pid) ?? '') };
}
