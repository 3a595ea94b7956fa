import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { eventually } from './eventually';
import type { RtspServer } from './rtsp-server';

const MOVING = 'testsrc2=size=320x180:rate=10';
/** A picture that never changes, in a stream that goes on. */
export const FROZEN = `${MOVING},select=eq(n\\,0),loop=loop=-1:size=1,setpts=N/10/TB`;

/** A picture that moves for `seconds`, and never again after. */
export const freezingAfter = (seconds: number): string =>
  `${MOVING},loop=loop=-1:size=1:start=${seconds * 10},setpts=N/10/TB`;

/** A real H.264 stream, as a camera sends it. */
export class RtspPublisher {
  private constructor(private readonly child: ChildProcess) {}

  static async start(server: RtspServer, path: string, picture = MOVING): Promise<RtspPublisher> {
    const args = `-nostdin -loglevel error -re -f lavfi -i ${picture} -c:v libx264 -preset ultrafast -tune zerolatency
      -g 10 -pix_fmt yuv420p -rtsp_transport tcp -f rtsp ${server.url(path)}`;
    const child = spawn(locateFfmpeg(process.env), args.split(/\s+/), { stdio: ['ignore', 'ignore', 'inherit'] });
    const publisher = new RtspPublisher(child);
    await eventually(() => server.isPublished(path), { within: 10_000, what: `somebody publishes ${path}` });
    return publisher;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
