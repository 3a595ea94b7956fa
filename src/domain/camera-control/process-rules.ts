/** The last desired state that people requested; it survives every restart of the service. */
export type Desired = 'running' | 'stopped';

export interface DesiredStates {
  all(): Promise<ReadonlyMap<string, Desired>>;
  set(cameraId: string, desired: Desired): Promise<void>;
}

/** Why a camera's process is not, or not quite, as it should be. */
export type ProcessReason =
  | 'auth_failed'
  | 'crashed'
  | 'crash_loop'
  | 'ended'
  | 'frozen'
  | 'low_fps'
  | 'no_first_frame'
  | 'no_frames'
  | 'not_a_video'
  | 'not_found'
  | 'spawn_failed'
  | 'unreachable'
  | 'unresolvable';

/** Exit code of a worker whose source refused its credentials. */
export const EXIT_REFUSED = 20;

/** The other exit codes, as `docs/worker.md` lists them; whatever the reason, it was a crash. */
export const EXIT_REASONS: ReadonlyMap<number | null, ProcessReason> = new Map([
  [21, 'not_found'],
  [22, 'unreachable'],
  [23, 'unresolvable'],
  [24, 'not_a_video'],
  [25, 'ended'],
]);

/** Time-outs of the control of a camera's worker. All times in milliseconds. */
export interface ProcessRules {
  /**
   * A running worker without a new frame for this long counts as stalled; a slow camera has the time of three frames.
   */
  readonly stalledAfter: number;
  /** A worker that has been stalled for this long is ended and restarted. */
  readonly stalledLimit: number;
  /** A worker has this long for its first frame. */
  readonly startLimit: number;
  /** A worker has this long to end after a stop until it is killed. */
  readonly killAfter: number;
  readonly firstBackoff: number;
  readonly longestBackoff: number;
  /** Crashes without a healthy time in between until the breaker opens. */
  readonly crashLimit: number;
  /** A healthy time of this length resets the count of crashes. */
  readonly healthyAfter: number;
  /** Between two attempts when the source refuses the credentials, and when the breaker is open. */
  readonly slowRetry: number;
  /** A tick that comes this long after the one before shows that this program stood still. */
  readonly lateTick: number;
  /** After the program stood still, no deadline is earlier than this. */
  readonly nextPass: number;
  /** Frames per second the source should deliver; 0 when unknown. */
  readonly expectedFps: number;
  /** Below this part of the expected rate a camera is degraded. */
  readonly lowFps: number;
  /** Spreads a delay, so that cameras that failed together do not come back together. */
  readonly jitter: (delay: number) => number;
}

export const DEFAULT_RULES: ProcessRules = {
  stalledAfter: 1_800,
  stalledLimit: 10_000,
  startLimit: 30_000,
  killAfter: 5_000,
  firstBackoff: 1_000,
  longestBackoff: 60_000,
  crashLimit: 8,
  healthyAfter: 60_000,
  slowRetry: 300_000,
  lateTick: 3_000,
  nextPass: 1_000,
  expectedFps: 0,
  lowFps: 0.3,
  jitter: (delay) => delay,
};

/** How long a running worker may go without a new frame. */
export const patience = ({ stalledAfter, expectedFps }: ProcessRules): number =>
  expectedFps > 0 ? Math.max(stalledAfter, 3_000 / expectedFps) : stalledAfter;

/** The delay after the n-th crash in a row. */
export const backoff = (crashes: number, rules: ProcessRules): number =>
  rules.jitter(Math.min(rules.longestBackoff, rules.firstBackoff * 2 ** (crashes - 1)));
