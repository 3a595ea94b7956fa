/** What people last asked of a camera's process; survives every restart of the service. */
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

/** A worker that ends with this code says that the source refused its credentials. */
export const EXIT_REFUSED = 20;

/** What the other codes of `docs/worker.md` say; whatever the reason, it was a crash. */
export const EXIT_REASONS: ReadonlyMap<number | null, ProcessReason> = new Map([
  [21, 'not_found'],
  [22, 'unreachable'],
  [23, 'unresolvable'],
  [24, 'not_a_video'],
  [25, 'ended'],
]);

/** How patient the control of a camera's worker is. All times in milliseconds. */
export interface ProcessRules {
  /** Without news of a frame for this long, a running worker counts as stalled; a slow camera has three frames' time. */
  readonly stalledAfter: number;
  /** A worker that has been stalled for this long is ended and restarted. */
  readonly stalledLimit: number;
  /** A worker has this long for its first frame. */
  readonly startLimit: number;
  /** A worker that was asked to end has this long until it is killed. */
  readonly killAfter: number;
  readonly firstBackoff: number;
  readonly longestBackoff: number;
  /** Crashes without health in between until the breaker opens. */
  readonly crashLimit: number;
  /** This long without trouble makes the crashes before forgotten. */
  readonly healthyAfter: number;
  /** Between two attempts when the source refuses the credentials, and when the breaker is open. */
  readonly slowRetry: number;
  /** A tick that comes this long after the one before says that this program stood still. */
  readonly lateTick: number;
  /** Nothing is due sooner than this after the program stood still. */
  readonly nextPass: number;
  /** Frames per second the source should deliver; 0 when nobody knows. */
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

/** How long a running worker may be without news of a frame. */
export const patience = ({ stalledAfter, expectedFps }: ProcessRules): number =>
  expectedFps > 0 ? Math.max(stalledAfter, 3_000 / expectedFps) : stalledAfter;

/** The delay after the n-th crash in a row. */
export const backoff = (crashes: number, rules: ProcessRules): number =>
  rules.jitter(Math.min(rules.longestBackoff, rules.firstBackoff * 2 ** (crashes - 1)));
