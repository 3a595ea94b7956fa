import { type Express, type Request, type Response, raw } from 'express';
import { timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/shared/domain-error';
import { sha256 } from '../../domain/shared/sha256';
import { authorizeOperator } from './auth';
import { RequestError } from './problem';
import { sendJson } from './send';

const PATH = '/api/v1/video-stream/frame/:camera_id';
const LARGEST_PICTURE = '2mb';

export interface VideoPush {
  /** What detectors send instead of a token of this service; empty: they need one. */
  readonly token: string;
  readonly take: (cameraId: string, jpeg: Uint8Array) => Promise<object>;
}

/**
 * Pictures that detectors send themselves, several a second: no operation of the catalogue, whose every write would
 * stand in the log and in the audit trail. To be called before authentication, and again behind it.
 */
export function mountVideoPush(app: Express, { token, take }: VideoPush, isBehind: boolean): void {
  if (isBehind === (token !== '')) return;
  const admit = (req: Request, _res: Response, next: () => void) => {
    if (isBehind) authorizeOperator(req, 'sending pictures');
    else if (!isRight(req, token)) {
      const message = 'Send the value of VIDEO_PUSH_TOKEN in the header X-Video-Token.';
      throw new DomainError('access.unauthorized', message);
    }
    next();
  };
  const handle = (req: Request, res: Response, next: (error: unknown) => void): void => {
    take(String(req.params.camera_id), pictureIn(req)).then(
      (answer) => sendJson(res, 200, 'application/json', answer),
      next,
    );
  };
  const picture = raw({ type: () => true, limit: LARGEST_PICTURE });
  app.post(PATH, admit, picture, handle);
}

function pictureIn(req: Request): Uint8Array {
  const bytes: unknown = req.body;
  if (Buffer.isBuffer(bytes) && bytes.length > 0) return bytes;
  throw new RequestError(400, 'request.invalid', 'Empty body: send one JPEG picture.');
}

/** The old documents name the first header, the old program read the second. Hashes are of one length. */
function isRight(req: Request, token: string): boolean {
  const said = req.get('x-video-token') ?? req.get('x_video_token');
  if (said === undefined) return false;
  return timingSafeEqual(Buffer.from(sha256(said)), Buffer.from(sha256(token)));
}
