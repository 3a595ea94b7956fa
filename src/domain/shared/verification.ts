/**
 * A verification of the rollout writes on entities of its own, which carry its id. Their events are of a camera that no
 * site can have, are counted when they are ingested, and are stored nowhere; their violations are numbered from here
 * on, which no list, statistic or alert shows.
 */
export const FIRST_VERIFICATION_VIOLATION = 2 ** 52;

const PREFIX = 'rollout-verify-';

export const verificationId = (random: string): string => `${PREFIX}${random}`;

/** `~` begins no id of a camera. */
export const eventCameraOf = (verification: string): string => `~${verification}`;

/** The verification whose event this is; undefined for an event of the site. */
export const verificationOf = (cameraId: string): string | undefined =>
  cameraId.startsWith(`~${PREFIX}`) ? cameraId.slice(1) : undefined;
