/** Every point of a configuration change at which a process may die; tests make it die there. */
export const CONFIG_STEPS = [
  'lock.before',
  'lock.after',
  'file.read',
  'absorb.before',
  'stage.created',
  'stage.half-written',
  'stage.written',
  'stage.synced',
  'transaction.begun',
  'cameras.applied',
  'revision.added',
  'commit.before',
  'commit.after',
  'rename.before',
  'rename.after',
  'directory.synced',
  'mark.before',
  'mark.after',
  'unlock.before',
  'unlock.after',
] as const;

export type ConfigStep = (typeof CONFIG_STEPS)[number];

/** Called at each step; may throw or never come back. */
export type OnStep = (step: ConfigStep) => void | Promise<void>;
