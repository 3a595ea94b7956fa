import express from 'express';
import request from 'supertest';
import { answerError } from '../../src/api/http/mount';
import { mountVideoPush } from '../../src/api/http/video-push';
import { rememberingLog } from '../support/quiet-log';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 1, 0xff, 0xd9]);
const PATH = '/api/v1/video-stream/frame/cam1';

/** The route as the application mounts it in front of authentication, for detectors with the token of their own. */
function server(token: string) {
  const taken: [string, number][] = [];
  const app = express();
  const push = {
    token,
    take: async (id: string, jpeg: Uint8Array) => {
      taken.push([id, jpeg.length]);
      return { ok: true };
    },
  };
  mountVideoPush(app, push, false);
  app.use(answerError(rememberingLog()));
  return { app, taken };
}

describe('a picture that a detector sends', () => {
  it.each(['X-Video-Token', 'x_video_token'])(
    'is taken with the right token in %s, and with no other',
    async (header) => {
      const { app, taken } = server('secret');
      expect((await request(app).post(PATH).set(header, 'secret').send(JPEG)).status).toBe(200);
      for (const wrong of ['', 'secre', 'secret2', 'Secret'])
        expect((await request(app).post(PATH).set(header, wrong).send(JPEG)).status).toBe(401);
      expect((await request(app).post(PATH).send(JPEG)).status).toBe(401);
      expect(taken).toEqual([['cam1', JPEG.length]]);
    },
  );

  it('is refused where it is empty or too large', async () => {
    const { app, taken } = server('secret');
    const send = (bytes: Buffer) => request(app).post(PATH).set('X-Video-Token', 'secret').send(bytes);
    expect((await request(app).post(PATH).set('X-Video-Token', 'secret')).status).toBe(400);
    expect((await send(Buffer.alloc(2_200_000))).status).toBe(413);
    expect(taken).toEqual([]);
  });

  it('does not come in here where no token was set: then it needs the role of an operator', async () => {
    const { app, taken } = server('');
    expect((await request(app).post(PATH).set('X-Video-Token', '').send(JPEG)).status).toBe(404);
    expect(taken).toEqual([]);
  });
});
