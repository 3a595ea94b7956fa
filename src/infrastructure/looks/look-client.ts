import { type Socket, connect } from 'node:net';
import type { Look, LookRequest, PersonFinder } from '../../application/detection/person-finder';
import { MessageReader, detectorMessage, wireMessage, type FromDetector } from './look-wire';

/** Without a sign of life for so long nobody looks. */
const SILENT_MS = 900;
const RECONNECT_MS = 500;
const CHECK_MS = 250;

const NO_DETECTOR = 'no detector: motion only';

interface Waiting {
  readonly newest: () => LookRequest;
  resolve(look: Look): void;
  reject(why: Error): void;
}

/** Looks by the process that looks for all cameras of this machine. Connects again for as long as it is open. */
export class LookClient implements PersonFinder {
  private socket: Socket | undefined;
  private heardAt = -Infinity;
  private waiting: Waiting | undefined;
  private closed = false;
  private readonly checking: NodeJS.Timeout;
  private again: NodeJS.Timeout | undefined;

  /** `path`: of the socket on which the process listens. */
  constructor(private readonly path: string) {
    this.connect();
    this.checking = setInterval(() => this.check(), CHECK_MS);
    this.checking.unref();
  }

  /** Whether somebody would look now. */
  get isAlive(): boolean {
    return performance.now() - this.heardAt < SILENT_MS;
  }

  /** One at a time. Throws when nobody looks; then the next one may be tried at once. */
  look(newest: () => LookRequest): Promise<Look> {
    if (!this.socket || !this.isAlive) return Promise.reject(new Error(NO_DETECTOR));
    if (this.waiting) return Promise.reject(new Error('another look is on its way'));
    const { weight } = newest();
    return new Promise((resolve, reject) => {
      this.waiting = { newest, resolve, reject };
      this.send({ type: 'ready', weight });
    });
  }

  close(): void {
    this.closed = true;
    clearInterval(this.checking);
    clearTimeout(this.again);
    this.lost();
  }

  private connect(): void {
    if (this.closed) return;
    const reader = new MessageReader();
    const socket = connect(this.path);
    socket.unref();
    socket.on('data', (chunk) => {
      this.heardAt = performance.now();
      for (const message of reader.push(chunk)) this.hear(detectorMessage(message));
    });
    // The end of the connection follows, and that is what counts.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.socket !== socket) return;
      this.lost();
      if (this.closed) return;
      this.again = setTimeout(() => this.connect(), RECONNECT_MS);
      this.again.unref();
    });
    this.socket = socket;
  }

  private hear(message: FromDetector): void {
    const { waiting } = this;
    switch (message.type) {
      case 'alive':
        return;
      case 'turn':
        if (waiting) this.send({ type: 'picture', request: waiting.newest() });
        return;
      case 'look':
        this.waiting = undefined;
        waiting?.resolve(message);
        return;
      case 'failed':
        this.waiting = undefined;
        waiting?.reject(new Error(message.why));
        return;
    }
  }

  /** A process that stands still holds its connections: only silence shows it. */
  private check(): void {
    if (this.waiting && !this.isAlive) this.socket?.destroy();
  }

  private send(message: Parameters<typeof wireMessage>[0]): void {
    for (const part of wireMessage(message)) this.socket?.write(part);
  }

  private lost(): void {
    const { socket, waiting } = this;
    [this.socket, this.waiting, this.heardAt] = [undefined, undefined, -Infinity];
    socket?.destroy();
    waiting?.reject(new Error(NO_DETECTOR));
  }
}
