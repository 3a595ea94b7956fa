import type { Exit } from '../../domain/camera-control/camera-process';
import { sha256 } from '../../domain/shared/sha256';

/** Everything that reaches a worker: a difference here, and only here, restarts it. */
export interface WorkerSettings {
  readonly id: string;
  readonly source: string;
  /** Frames per second the source should deliver; 0 when unknown. */
  readonly expectedFps: number;
  readonly env: Readonly<Record<string, string>>;
  /** Further values for the placeholders of the command, e.g. `device`. */
  readonly options: Readonly<Record<string, string>>;
}

const sorted = (values: Readonly<Record<string, string>>): string[][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** Equal for equivalent settings. */
export const fingerprint = ({ id, source, expectedFps, env, options }: WorkerSettings): string =>
  sha256(JSON.stringify([id, source, expectedFps, sorted(env), sorted(options)]));

/** Time, as the control of workers needs it. */
export interface Timers {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  wall(): Date;
  /** Runs the task once; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** A started worker, and what distinguishes it from any other process that ever has its pid. */
export interface Worker {
  readonly id: string;
  readonly pid: number;
  /** When the kernel started it, in the format of the system. */
  readonly startedAt: string;
  /** Random; the worker has it in its environment. */
  readonly token: string;
  /** Of the settings it was started with. */
  readonly fingerprint: string;
  /** Its command for display: without secrets. */
  readonly cmd: readonly string[];
}

export interface LiveWorker {
  readonly worker: Worker;
  /** When neither the worker nor anything it started lives any more. Never rejects. */
  readonly exited: Promise<Exit>;
}

/** The status that a worker reports every second. */
export interface WorkerStatus {
  readonly frames: number;
  readonly fps?: number;
  readonly frozen?: boolean;
  /** Milliseconds since 1970. */
  readonly lastFrameAt?: number;
  readonly motion?: boolean;
  /** Whether the source refused the credentials. */
  readonly refused?: boolean;
}

/** The operating system, as the control of workers needs it. */
export interface WorkerHost {
  /** Rejects when nothing was started. */
  spawn(settings: WorkerSettings): Promise<LiveWorker>;
  /** The workers that an earlier run of this program left alive. Leftovers of dead ones are removed. */
  survivors(): Promise<LiveWorker[]>;
  /** Signals the worker and all it started; no process, if the pid belongs to another one by now. */
  signal(worker: Worker, signal: 'SIGTERM' | 'SIGKILL'): void;
  status(worker: Worker): Promise<WorkerStatus | undefined>;
  /** Keeps the log below its size limit. */
  tendLog(id: string): Promise<void>;
  logPath(id: string): string;
}
