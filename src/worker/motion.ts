import { difference } from './difference';

export interface Motion {
  readonly active: boolean;
  /** What the next frame is compared with. */
  readonly reference?: Uint8Array;
  readonly comparedAt: number;
  /** Comparisons in a row that showed motion. */
  readonly hits: number;
  readonly movedAt: number;
  readonly startedAt: number;
  /** Largest share of the picture that changed since the start. */
  readonly peak: number;
}

export interface MotionStep {
  readonly motion: Motion;
  readonly happened?: 'motion_started' | 'motion_ended';
}

export const NO_MOTION: Motion = { active: false, comparedAt: -Infinity, hits: 0, movedAt: 0, startedAt: 0, peak: 0 };

/** Successive frames of a fast camera differ too little to show slow motion. Five per second, and some jitter. */
const COMPARE_EVERY_S = 0.19;
/** More of the picture than the clock that most cameras burn in. */
const MOVING_SHARE = 0.005;
/** A single comparison may be a lamp switched on, or the first frame after a gap. */
const HITS_TO_START = 2;
const CALM_TO_END_S = 1.5;

/** One frame further; `now` in seconds, of a clock that never jumps. */
export function stepMotion(before: Motion, frame: Uint8Array, now: number): MotionStep {
  if (!before.reference) return { motion: { ...before, reference: frame, comparedAt: now } };
  if (now - before.comparedAt < COMPARE_EVERY_S) return { motion: before };
  const { changed } = difference(before.reference, frame);
  const compared = { ...before, reference: frame, comparedAt: now };
  return changed >= MOVING_SHARE ? moved(compared, changed, now) : calm(compared, now);
}

function moved(before: Motion, changed: number, now: number): MotionStep {
  const hits = before.hits + 1;
  const motion = { ...before, hits, movedAt: now, peak: Math.max(before.peak, changed) };
  if (before.active || hits < HITS_TO_START) return { motion };
  return { motion: { ...motion, active: true, startedAt: now }, happened: 'motion_started' };
}

function calm(before: Motion, now: number): MotionStep {
  const motion = { ...before, hits: 0, peak: before.active ? before.peak : 0 };
  if (!before.active || now - before.movedAt < CALM_TO_END_S) return { motion };
  return { motion: { ...motion, active: false }, happened: 'motion_ended' };
}
