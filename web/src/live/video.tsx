import { type RefObject, useEffect, useState } from 'react';

/** What is known of the video; without it the pictures go on. `reason`: a code of the service or of this file. */
export type VideoState =
  | { readonly is: 'opening' }
  | { readonly is: 'playing'; readonly behindMs: number }
  | { readonly is: 'none'; readonly reason: string };

const LOOK_EVERY_MS = 500;
/** Further behind than this it jumps: who watches a gate wants to see now, not everything. */
const MOST_BEHIND_S = 2;
/** Parts come five a second; nearer to the end the picture would stop for each of them. */
const EDGE_S = 0.4;
const KEPT_S = 5;
const MOST_WAITING = 50;
const SILENT_MS = 6_000;
const AGAIN_MS = 10_000;
/** These stay as they are until somebody changes the camera or the browser. */
const FINAL: readonly string[] = ['unknown', 'codec', 'not-a-video', 'browser'];

type Told =
  | { readonly type: 'video'; readonly mime: string }
  | { readonly type: 'unavailable'; readonly reason: string };

/** The video of one camera in one element, from its first part to `close`. */
class Player {
  private readonly media = new MediaSource();
  private readonly address = URL.createObjectURL(this.media);
  private readonly opened = new Promise((resolve) =>
    this.media.addEventListener('sourceopen', resolve, { once: true }),
  );
  private readonly socket: WebSocket;
  private readonly looking: ReturnType<typeof setInterval>;
  private waiting: ArrayBuffer[] = [];
  private buffer: SourceBuffer | undefined;
  private heardAt = Date.now();
  private isClosed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    id: string,
    private readonly tell: (state: VideoState) => void,
  ) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.socket = new WebSocket(`${scheme}://${location.host}/ws/cameras/${encodeURIComponent(id)}/video`);
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => this.take(data));
    this.socket.addEventListener('close', () => this.fail('lost'));
    video.src = this.address;
    video.addEventListener('error', this.broke);
    this.looking = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.looking);
    this.socket.close();
    this.video.removeEventListener('error', this.broke);
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  private readonly broke = (): void => this.fail('broken');

  private fail(reason: string): void {
    if (this.isClosed) return;
    this.close();
    this.tell({ is: 'none', reason });
  }

  private take(data: string | ArrayBuffer): void {
    if (this.isClosed) return;
    this.heardAt = Date.now();
    if (typeof data !== 'string') {
      this.waiting.push(data);
      // A browser that takes nothing more would fill its memory.
      if (this.waiting.length > MOST_WAITING) return this.fail('broken');
      return this.next();
    }
    const told = JSON.parse(data) as Told;
    if (told.type === 'unavailable') return this.fail(told.reason);
    if (!MediaSource.isTypeSupported(told.mime)) return this.fail('browser');
    void this.opened.then(() => this.begin(told.mime));
  }

  private begin(mime: string): void {
    if (this.isClosed || this.buffer) return;
    this.buffer = this.media.addSourceBuffer(mime);
    this.buffer.addEventListener('updateend', () => this.next());
    this.next();
  }

  /** One part at a time, and between them what was seen is given up. */
  private next(): void {
    const { buffer, video } = this;
    if (!buffer || buffer.updating || this.isClosed) return;
    const { buffered } = buffer;
    try {
      if (buffered.length > 0 && buffered.start(0) < video.currentTime - 2 * KEPT_S)
        return buffer.remove(0, video.currentTime - KEPT_S);
      const part = this.waiting.shift();
      if (part) buffer.appendBuffer(part);
    } catch {
      // The memory is full, or the element has found the stream to be broken: a new beginning helps in both cases.
      return this.fail('broken');
    }
    this.follow();
  }

  /** Near the end of what came, in the last of the stretches that gaps leave. */
  private follow(): void {
    const { buffered } = this.video;
    const last = buffered.length - 1;
    if (last < 0) return;
    const [from, to] = [buffered.start(last), buffered.end(last)];
    const at = this.video.currentTime;
    if (at < from || to - at > MOST_BEHIND_S) this.video.currentTime = Math.max(from, to - EDGE_S);
    if (this.video.paused) this.video.play().catch(() => this.fail('blocked'));
  }

  private look(): void {
    if (Date.now() - this.heardAt > SILENT_MS) return this.fail('silent');
    const { buffered, currentTime, readyState, paused } = this.video;
    if (buffered.length === 0 || paused || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const behind = buffered.end(buffered.length - 1) - currentTime;
    this.tell({ is: 'playing', behindMs: Math.max(0, behind) * 1_000 });
  }
}

/** Whether the page can be seen; what nobody sees need not be sent. */
function useVisible(): boolean {
  const [isVisible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isVisible;
}

/** Plays a camera's video in an element while it is wanted and seen; tries again where that may help. */
export function useVideo(id: string, element: RefObject<HTMLVideoElement | null>, isWanted: boolean): VideoState {
  const [state, setState] = useState<VideoState>({ is: 'opening' });
  const [attempt, setAttempt] = useState(0);
  const isVisible = useVisible();
  useEffect(() => {
    const video = element.current;
    if (!video || !isWanted || !isVisible) return undefined;
    setState({ is: 'opening' });
    // An iPhone before iOS 17.1 has none.
    if (!('MediaSource' in globalThis)) return setState({ is: 'none', reason: 'browser' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const player = new Player(video, id, (now) => {
      setState(now);
      if (now.is === 'none' && !FINAL.includes(now.reason))
        timer = setTimeout(() => setAttempt((n) => n + 1), AGAIN_MS);
    });
    return () => {
      clearTimeout(timer);
      player.close();
      setState({ is: 'opening' });
    };
  }, [id, element, isWanted, isVisible, attempt]);
  return state;
}
