import type { CameraProcess, CameraState, Exit } from '../../domain/camera-control/camera-process';
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
  readonly log: string;
  /** Empty when there is no process. */
  readonly cmd: readonly string[];
}

export const processView = (p: CameraProcess, since: Date, log: string, cmd: readonly string[]): ProcessView => ({
  running: p.worker === 'alive',
  pid: p.pid,
  state: p.state,
  since: since.toISOString(),
  restarts: p.restarts,
  last_exit: p.lastExit,
  reason: p.reason,
  log,
  cmd: p.worker === 'alive' ? cmd : [],
});
