interface Difference {
  /** Mean of the differences of all pixels, 0 to 255. */
  readonly mean: number;
  /** Difference of the pixel that changed most. */
  readonly max: number;
  /** Share of the pixels that changed visibly, 0 to 1. */
  readonly changed: number;
}

/** More than noise and the encoder change a pixel. */
const VISIBLE = 20;

/** The change between two gray frames of the same size. */
function difference(a: Uint8Array, b: Uint8Array): Difference {
  let [sum, max, changed] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const d = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    sum += d;
    if (d > max) max = d;
    if (d > VISIBLE) changed += 1;
  }
  const pixels = Math.max(1, a.length);
  return { mean: sum / pixels, max, changed: changed / pixels };
}

interface Motion {
  readonly active: boolean;
  /** The frame that the next one is compared with. */
  readonly reference?: Uint8Array;
  readonly comparedAt: number;
  /** Comparisons in a row that showed motion. */
  readonly hits: number;
  readonly movedAt: number;
  readonly startedAt: number;
  /** Largest share of the picture that changed since the start. */
  readonly peak: number;
}

interface MotionStep {
  readonly motion: Motion;
  readonly happened?: 'motion_started' | 'motion_ended';
}

export const NO_MOTION: Motion = { active: false, comparedAt: -Infinity, hits: 0, movedAt: 0, startedAt: 0, peak: 0 };

/**
 * Successive frames of a fast camera differ too little to show slow motion. Five comparisons per second, with some
 * jitter.
 */
const COMPARE_EVERY_S = 0.19;
/** A larger share of the picture than the clock that most cameras burn in. */
const MOVING_SHARE = 0.005;
/** A single comparison may be a lamp switched on, or the first frame after a gap. */
const HITS_TO_START = 2;
const CALM_TO_END_S = 1.5;

/** Adds a frame; `now` in seconds, of a monotonic clock. */
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

interface Picture {
  readonly frozen: boolean;
  /** Time of the first of the frames that look the same. */
  readonly anchor?: Uint8Array;
  readonly anchoredAt: number;
  readonly seenAt: number;
}

interface PictureStep {
  readonly picture: Picture;
  readonly happened?: 'frozen' | 'unfrozen';
}

export const NO_PICTURE: Picture = { frozen: false, anchoredAt: 0, seenAt: 0 };

const FROZEN_AFTER_S = 3;
const GAP_S = 2;
/** Less than the noise of a live picture. A clock in the picture changes few pixels, but these a lot. */
const SAME_MEAN = 0.5;
const SAME_MAX = 24;

const same = (a: Uint8Array, b: Uint8Array): boolean => {
  const { mean, max } = difference(a, b);
  return mean <= SAME_MEAN && max <= SAME_MAX;
};

/**
 * Adds a frame; `now` in seconds, of a monotonic clock. A picture is frozen when frames keep coming and stay the same:
 * without frames it is not frozen, so that a gap starts anew.
 */
export function stepPicture(before: Picture, frame: Uint8Array, now: number, expectedFps = 0): PictureStep {
  const frameTime = expectedFps > 0 ? 1 / expectedFps : 0;
  const gap = now - before.seenAt > Math.max(GAP_S, 3 * frameTime);
  const seen = { ...before, seenAt: now };
  const fresh = { ...seen, anchor: frame, anchoredAt: now };
  if (!before.anchor) return { picture: fresh };
  if (!same(before.anchor, frame))
    return { picture: { ...fresh, frozen: false }, ...(before.frozen ? { happened: 'unfrozen' } : {}) };
  if (before.frozen) return { picture: seen };
  if (gap) return { picture: fresh };
  if (now - before.anchoredAt < Math.max(FROZEN_AFTER_S, 3 * frameTime)) return { picture: seen };
  return { picture: { ...seen, frozen: true }, happened: 'frozen' };
}
