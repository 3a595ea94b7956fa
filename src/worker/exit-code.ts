import { type FailureReason, SourceFailure } from '../infrastructure/ffmpeg/source-failure';

const EXIT_CODES: Record<FailureReason, number> = {
  unusable: 1,
  'auth-failed': 20,
  'not-found': 21,
  unreachable: 22,
  unresolvable: 23,
  'not-a-video': 24,
  ended: 25,
};

export const exitCode = (error: unknown): number => (error instanceof SourceFailure ? EXIT_CODES[error.reason] : 1);
