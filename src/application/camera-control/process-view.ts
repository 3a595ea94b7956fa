import type { CameraProcess, CameraState, Exit } from '../../domain/camera-control/camera-process';
import type { WorkerStatus } from './worker-host';
import type { ProcessReason } from '../../domain/camera-control/process-rules';

/** The state of a camera's worker. */
export interface ProcessView {
  readonly running: boolean;
  /** 0 when there is no process. */
  readonly pid: number;
  readonly state: CameraState;
  /** Since when it is in this state. */
  readonly since: string;
  /** How often it was restarted without a request. */
  readonly restarts: number;
  readonly last_exit: Exit | null;
  readonly reason: ProcessReason | null;
  /** When it is tried again without a request; null where it need not be. */
  readonly next_try_at: Date | null;
  /** What the worker said last; null without one. */
  readonly said: Said | null;
  readonly log: string;
  /** Empty when there is no process. */
  readonly cmd: readonly string[];
}

/** What a worker says of what it sees. */
export type Said = Pick<WorkerStatus, 'fps' | 'lastFrameAt' | 'motion'>;

interface Surroundings {
  readonly since: Date;
  readonly log: string;
  readonly cmd: readonly string[];
  readonly said: Said | null;
  /** Turns a time of the monotonic clock into one of the calendar. */
  readonly dateOf: (at: number) => Date;
}

const TRIED_AGAIN = new Set<CameraState>(['backoff', 'failed']);

export const processView = (p: CameraProcess, { since, log, cmd, said, dateOf }: Surroundings): ProcessView => ({
  running: p.worker === 'alive',
  pid: p.pid,
  state: p.state,
  since: since.toISOString(),
  restarts: p.restarts,
  last_exit: p.lastExit,
  reason: p.reason,
  next_try_at: TRIED_AGAIN.has(p.state) && Number.isFinite(p.due) ? dateOf(p.due) : null,
  said: p.worker === 'alive' ? said : null,
  log,
  cmd: p.worker === 'alive' ? cmd : [],
});
