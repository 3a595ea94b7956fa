import { WebSocket } from 'ws';
import type { VideoStream, VideoViewer } from '../../application/camera-control/video-stream';
import type { Log } from '../../application/shared/log';
import { decoded } from '../../domain/shared/text';

/** Below it stands the id of a camera. */
export const VIDEO_PATH = '/api/v1/video-stream/ws/';

/** Gives a connection the pictures of one camera: binary messages; the text `ping` is answered by `pong`. */
export const videoSockets = (stream: Pick<VideoStream, 'join'>) => (connection: WebSocket, below: string) => {
  const leave = stream.join(decoded(below), {
    send: (jpeg, sent) => {
      if (connection.readyState !== WebSocket.OPEN) return;
      connection.send(jpeg, { binary: true }, (error) => {
        if (!error) sent();
      });
    },
    end: () => connection.terminate(),
  });
  connection.on('close', leave);
  connection.on('message', (data, isBinary) => {
    // The old backend, too, took a binary message for the end.
    if (isBinary) connection.close();
    else if (String(data) === 'ping' && connection.bufferedAmount === 0) connection.send('pong');
  });
};

/** Below it stands the id of a camera, and `/video`. */
export const LIVE_VIDEO_PATH = '/ws/cameras/';
const VIDEO = /^([^/]+)\/video$/;
/** A viewer with so many bytes waiting misses parts, up to the next one that can be shown without them. */
const MOST_WAITING_BYTES = 2_000_000;
const UNAVAILABLE = 4404;

/** Begins to show a camera to a viewer; answers how the viewer leaves. */
type Watch = (cameraId: string, viewer: VideoViewer) => Promise<() => void>;

/**
 * Gives a connection the video of one camera: first a text with the codec, then binary messages, the beginning of the
 * file and its parts. Where there is none, a text says why, and the connection ends.
 */
export const liveVideoSockets = (watch: Watch, log: Log) => (connection: WebSocket, below: string) => {
  const id = VIDEO.exec(below)?.[1];
  if (id === undefined) return connection.close(UNAVAILABLE, 'there is only /ws/cameras/ID/video');
  let behind = false;
  const viewer: VideoViewer = {
    begin: (codec, init) => {
      connection.send(JSON.stringify({ type: 'video', mime: `video/mp4; codecs="${codec}"` }));
      connection.send(init);
    },
    part: (bytes, isKey) => {
      behind = connection.bufferedAmount > MOST_WAITING_BYTES || (behind && !isKey);
      if (!behind && connection.readyState === WebSocket.OPEN) connection.send(bytes);
    },
    end: (reason, detail) => {
      if (connection.readyState === WebSocket.OPEN)
        connection.send(JSON.stringify({ type: 'unavailable', reason, detail }));
      connection.close(UNAVAILABLE, reason);
    },
  };
  const leave = watch(decoded(id), viewer);
  leave.catch((error: unknown) => {
    log.warn('the video of a camera cannot be shown', { camera: id, error });
    viewer.end('failed', 'The camera could not be looked up: try again.');
  });
  connection.on(
    'close',
    () =>
      void leave.then(
        (now) => now(),
        () => undefined,
      ),
  );
};
