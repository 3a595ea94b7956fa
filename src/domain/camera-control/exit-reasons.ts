/** Why a camera's process is not, or not quite, as it should be. */
export type Reason =
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
export const EXIT_REASONS: ReadonlyMap<number | null, Reason> = new Map([
  [21, 'not_found'],
  [22, 'unreachable'],
  [23, 'unresolvable'],
  [24, 'not_a_video'],
  [25, 'ended'],
]);
