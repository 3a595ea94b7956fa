import { WebSocket } from 'ws';
import type { VideoStream } from '../../application/camera-control/video-stream';
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
