import { type Server, type Socket, createServer } from 'node:net';
import type { LookRequest, PersonFinder } from '../application/detection/person-finder';
import {
  ALIVE_EVERY_MS,
  BadMessage,
  type FromDetector,
  MessageReader,
  cameraMessage,
  wireMessage,
} from '../infrastructure/looks/look-wire';
import { errorText } from '../infrastructure/system/files';

/**
 * Whose turn it is: who had least of what it deserves (stride scheduling, Waldspurger and Weihl, 1995). Each turn moves a
 * camera's pass on by the reverse of its weight; who waits with the least pass is next.
 */
export class FairTurns<T> {
  private readonly passes = new Map<T, number>();
  private readonly waiting = new Map<T, number>();
  private clock = 0;

  /** It waits for a turn; once more changes only its weight. */
  wait(who: T, weight: number): void {
    // Who was away for long has not saved turns for later.
    this.passes.set(who, Math.max(this.passes.get(who) ?? this.clock, this.clock - 1));
    this.waiting.set(who, weight);
  }

  leave(who: T): void {
    this.passes.delete(who);
    this.waiting.delete(who);
  }

  next(): T | undefined {
    let [best, least]: [T | undefined, number] = [undefined, Infinity];
    for (const who of this.waiting.keys()) {
      const pass = this.passes.get(who) ?? 0;
      if (pass < least) [best, least] = [who, pass];
    }
    if (best === undefined) return undefined;
    this.clock = Math.max(this.clock, least);
    this.passes.set(best, least + 1 / (this.waiting.get(best) ?? 1));
    this.waiting.delete(best);
    return best;
  }
}

const WAITS_MS = 10_000;
const MOST_WAITS = 2_000;

/** How long cameras waited for their looks in the last ten seconds: whether one process is enough for all of them. */
export class RecentWaits {
  private readonly waits: { readonly at: number; readonly ms: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  add(ms: number): void {
    this.waits.push({ at: this.now(), ms });
    if (this.waits.length > MOST_WAITS) this.waits.shift();
  }

  /** 95 of 100 waited no longer, in milliseconds; 0 where nobody waited. */
  p95(): number {
    const since = this.now() - WAITS_MS;
    const recent = this.waits.filter(({ at }) => at >= since).map(({ ms }) => ms);
    return recent.sort((a, b) => a - b)[Math.ceil(0.95 * recent.length) - 1] ?? 0;
  }
}

/** A camera whose turn it is has so long for its picture. */
const PICTURE_MS = 1_000;
/** Announcements and pictures. */
const LARGE = 100_000;
/** More cameras than one process can serve. */
const MOST_CAMERAS = 500;

/** One camera's connection. */
class Client {
  /** Since when it has wanted a look; undefined: it wants none. */
  waitingSince: number | undefined;
  private expecting: ((request: LookRequest | undefined) => void) | undefined;

  constructor(readonly socket: Socket) {}

  send(message: FromDetector): void {
    if (this.socket.writable) for (const part of wireMessage(message)) this.socket.write(part);
  }

  /** Its newest picture; undefined when none comes in time. */
  picture(): Promise<LookRequest | undefined> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.answer(undefined), PICTURE_MS);
      this.expecting = (request) => {
        clearTimeout(late);
        resolve(request);
      };
      this.send({ type: 'turn' });
    });
  }

  answer(request: LookRequest | undefined): void {
    const { expecting } = this;
    this.expecting = undefined;
    expecting?.(request);
  }
}

/** Looks at the pictures of all cameras, one after the other, the newest of each. Nothing waits but announcements. */
export class LookServer {
  private readonly turns = new FairTurns<Client>();
  private readonly clients = new Set<Client>();
  private readonly server: Server;
  private readonly beating: NodeJS.Timeout;
  private serving = false;
  readonly waits = new RecentWaits();
  /** The memory of the picture before: new memory for each would be given back late. */
  private spare: Buffer | undefined;
  /** Pictures that were looked at. */
  looks = 0;

  constructor(
    private readonly looker: PersonFinder,
    private readonly say: (line: string) => void,
  ) {
    this.server = createServer((socket) => this.accept(socket));
    this.server.maxConnections = MOST_CAMERAS;
    this.beating = setInterval(() => {
      for (const client of this.clients) client.send({ type: 'alive' });
    }, ALIVE_EVERY_MS);
  }

  get cameras(): number {
    return this.clients.size;
  }

  /** Rejects when the address cannot be listened on. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(path, () => resolve());
    });
  }

  close(): void {
    clearInterval(this.beating);
    for (const { socket } of this.clients) socket.destroy();
    this.server.close();
  }

  private accept(socket: Socket): void {
    const client = new Client(socket);
    const reader = new MessageReader((length) => this.memory(length));
    this.clients.add(client);
    client.send({ type: 'alive' });
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(chunk)) this.hear(client, cameraMessage(message));
      } catch (error) {
        if (!(error instanceof BadMessage)) throw error;
        this.say(`a connection is closed: ${error.message}`);
        socket.destroy();
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.clients.delete(client);
      this.turns.leave(client);
      client.answer(undefined);
    });
  }

  private hear(client: Client, message: ReturnType<typeof cameraMessage>): void {
    if (message.type === 'picture') return client.answer(message.request);
    client.waitingSince ??= performance.now();
    this.turns.wait(client, message.weight);
    void this.serve();
  }

  private memory(length: number): Buffer {
    const { spare } = this;
    if (!spare || spare.length < length || length < LARGE) return Buffer.allocUnsafeSlow(length);
    this.spare = undefined;
    return spare;
  }

  private async serve(): Promise<void> {
    if (this.serving) return;
    this.serving = true;
    for (let client = this.turns.next(); client; client = this.turns.next()) await this.lookFor(client);
    this.serving = false;
  }

  private async lookFor(client: Client): Promise<void> {
    const since = client.waitingSince ?? performance.now();
    client.waitingSince = undefined;
    const request = await client.picture();
    if (!request) return void client.socket.destroy();
    try {
      client.send({ type: 'look', ...(await this.looker.look(() => request)) });
      this.looks += 1;
      this.waits.add(performance.now() - since);
    } catch (error) {
      // The picture of one camera must not end the looks of all; what a model says goes to the log alone.
      this.say(`a picture could not be looked at: ${errorText(error)}`);
      client.send({ type: 'failed', why: 'the model does not take the picture: see the log of the detector' });
    } finally {
      this.spare = Buffer.from(request.picture.rgb.buffer);
    }
  }
}
