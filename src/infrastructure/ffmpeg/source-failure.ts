/** Why a source gives no frames (any more). `unusable`: ffmpeg is at fault, not the source. */
export type FailureReason =
  | 'auth-failed'
  | 'not-found'
  | 'unreachable'
  | 'unresolvable'
  | 'not-a-video'
  | 'ended'
  | 'unusable';

export class SourceFailure extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SourceFailure';
  }
}
