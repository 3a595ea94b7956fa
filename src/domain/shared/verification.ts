/**
 * A verification of the rollout writes on entities of its own, which carry its id. Their events are of a camera id that
 * no site can have, are counted when they are ingested, and are not stored; their violations are numbered from here on,
 * which no list, statistic or alert shows.
 */
export const FIRST_VERIFICATION_VIOLATION = 2 ** 52;

const PREFIX = 'rollout-verify-';

export const verificationId = (random: string): string => `${PREFIX}${random}`;

/** No camera id begins with `~`. */
export const eventCameraOf = (verification: string): string => `~${verification}`;

/** The id of the verification that sent the event; undefined for an event of the site. */
export const verificationOf = (cameraId: string): string | undefined =>
  cameraId.startsWith(`~${PREFIX}`) ? cameraId.slice(1) : undefined;
