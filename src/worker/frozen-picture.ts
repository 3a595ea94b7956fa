import { difference } from './difference';

export interface Picture {
  readonly frozen: boolean;
  /** First frame of those that look the same. */
  readonly anchor?: Uint8Array;
  readonly anchoredAt: number;
  readonly seenAt: number;
}

export interface PictureStep {
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
 * One frame further; `now` in seconds, of a clock that never jumps. Frozen is a picture that keeps coming and stays the
 * same: no frames at all are no frozen picture, so that a gap begins anew.
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
