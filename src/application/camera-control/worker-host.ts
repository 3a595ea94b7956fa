import type { Exit } from '../../domain/camera-control/camera-process';
import type { WorkerSettings } from './worker-settings';

/** A worker that was started, and what tells it from any other process that ever has its pid. */
export interface Worker {
  readonly id: string;
  readonly pid: number;
  /** When the kernel started it, in whatever form the system says so. */
  readonly startedAt: string;
  /** Random; the worker has it in its environment. */
  readonly token: string;
  /** Of the settings it was started with. */
  readonly fingerprint: string;
  /** Its command as people may see it: without secrets. */
  readonly cmd: readonly string[];
}

export interface LiveWorker {
  readonly worker: Worker;
  /** When neither the worker nor anything it started lives any more. Never rejects. */
  readonly exited: Promise<Exit>;
}

/** What a worker says of itself every second. */
export interface WorkerStatus {
  readonly frames: number;
  readonly fps?: number;
  readonly frozen?: boolean;
  /** Whether the source refused the credentials. */
  readonly refused?: boolean;
}

/** The operating system as the control of workers needs it. */
export interface WorkerHost {
  /** Rejects when nothing was started. */
  spawn(settings: WorkerSettings): Promise<LiveWorker>;
  /** The workers an earlier run of this program left alive. What is left of dead ones is removed. */
  survivors(): Promise<LiveWorker[]>;
  /** Reaches the worker and all it started; nobody, if the pid belongs to another process by now. */
  signal(worker: Worker, signal: 'SIGTERM' | 'SIGKILL'): void;
  status(worker: Worker): Promise<WorkerStatus | undefined>;
  /** Keeps the log below its size. */
  tendLog(id: string): Promise<void>;
  logPath(id: string): string;
}
