import { MASK, maskText } from '../../domain/cameras/camera-secrets';
import { decoded } from '../../domain/shared/text';
import type { CameraSource } from './camera-source';
import { addressOf } from './network-source';
import { type FailureReason, SourceFailure } from './source-failure';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last output. */
  readonly stderr: string;
  readonly frames: number;
}

/** The first match counts. Messages of ffmpeg 4 to 7, which differ. */
const SIGNS: readonly (readonly [RegExp, FailureReason, string])[] = [
  [
    /\b40[13] (Unauthorized|Forbidden)|HTTP error 40[13]|authorization failed/i,
    'auth-failed',
    'wrong user or password',
  ],
  [/\b404 |\b404$|Not Found/im, 'not-found', 'there is no such stream'],
  [/Failed to resolve|Name or service not known|nodename nor servname/i, 'unresolvable', 'the host is unknown'],
  [
    /refused|timed? ?out|No route to host|unreachable|reset by peer|I\/O error|5\d\d Server/i,
    'unreachable',
    'no connection',
  ],
  [
    /Invalid data|Invalid argument|No such|Is a directory|whitelist|any stream|matches no streams|Permission denied/i,
    'not-a-video',
    'this is no video',
  ],
];

/** Hides the credentials of the source in every form in which ffmpeg may show them, and those of any other address. */
export function maskOutput(text: string, source: CameraSource): string {
  if (source.kind !== 'network') return maskText(text);
  const password = source.credentials.slice(0, -1).split(':').slice(1).join(':');
  const hidden = [password, decoded(password)].filter((form) => form !== '');
  const withoutAddress = text.replaceAll(addressOf(source), maskText(addressOf(source)));
  return maskText(hidden.reduce((masked, form) => masked.replaceAll(form, MASK), withoutAddress));
}

/**
 * Sources that this program reads itself, so that it knows how the camera answered: ffmpeg's messages are about the
 * pictures alone.
 */
const isWeb = (source: CameraSource): boolean => source.kind === 'network' && source.scheme.startsWith('http');

const isRtsp = (source: CameraSource): boolean => source.kind === 'network' && source.scheme.startsWith('rtsp');

/** Words in an address are not ffmpeg's own. */
function withoutSource(stderr: string, source: CameraSource): string {
  if (source.kind === 'network') return stderr.replaceAll(addressOf(source), '').replaceAll(source.rest || '/', '');
  return source.kind === 'test' ? stderr : stderr.replaceAll(source.path, '');
}

/** Why ffmpeg ended without a request to end; it exits with 0 when a camera drops the connection. */
export function explainEnding(ending: Ending, source: CameraSource): SourceFailure {
  const { code, signal, stderr, frames } = ending;
  const last = maskOutput(stderr.trim().split('\n').at(-1) ?? '', source).slice(0, 500);
  const detail = last === '' ? '' : ` (${last})`;
  if (frames > 0) return new SourceFailure('ended', `the stream ended after ${frames} frames${detail}`);
  if (signal) return new SourceFailure('unusable', `ffmpeg was ended by ${signal}${detail}`);
  const said = withoutSource(stderr, source);
  // An RTSP server that hangs up instead of answering is "Invalid data" to ffmpeg; it may answer again later.
  if (isRtsp(source) && /Invalid data/.test(said)) return new SourceFailure('unreachable', `no answer${detail}`);
  if (isWeb(source) && /Invalid data|Not Found/i.test(said))
    return new SourceFailure('not-a-video', `this is no video${detail}`);
  const [, reason, meaning] = SIGNS.find(([sign]) => sign.test(said)) ?? [];
  if (reason) return new SourceFailure(reason, `${meaning}${detail}`);
  return new SourceFailure(
    code === 0 ? 'ended' : 'unusable',
    code === 0 ? 'the stream ended before its first frame' : `ffmpeg failed with ${code}${detail}`,
  );
}
