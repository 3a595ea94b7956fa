import { useEffect, useSyncExternalStore } from 'react';
import { noteServerTime, useServerNow } from '../api/clock';
import { lastAnswerAt, noteBuild, noteReachable, noteUnauthorized, reachable } from '../api/reachability';
import { Store, useStore } from '../api/store';
import { type Topic, type TopicData, merged } from './topics';

interface LinkStatus {
  /** `absent`: this service has no live socket, the page asks again and again instead. */
  readonly state: 'connecting' | 'live' | 'lost' | 'absent';
  /** When the last message came, by this PC's clock. */
  readonly heardAt: number;
  /** When the next attempt is made. */
  readonly retryAt?: number;
  /** Since when there is no socket. */
  readonly lostAt?: number;
}

interface Message {
  readonly type: string;
  readonly topic?: string;
  readonly seq?: number;
  readonly data?: unknown;
  readonly epoch?: string;
  readonly time?: number;
  readonly build?: string;
}

interface Followed {
  readonly listeners: Set<() => void>;
  data: unknown;
  seq: number;
}

const LONGEST_WAIT_MS = 15_000;
/** Two pings of the service missed: the connection is dead, whatever the browser thinks of it. */
const SILENT_MS = 33_000;
const REVOKED = 4_401;
/** A socket that has closed that often without a word does not exist on this service. */
const NEVER_OPENED = 2;

/** The one socket of this page. */
class LiveConnection {
  readonly status = new Store<LinkStatus>({ state: 'connecting', heardAt: Date.now() });
  /** Called for every change of a topic. */
  onChange: (topic: string) => void = () => undefined;
  onFrame: (data: ArrayBuffer) => void = () => undefined;
  /** Called whenever the service is there, so that what is watched is asked for again. */
  readonly onOpen = new Set<() => void>();
  private readonly topics = new Map<string, Followed>();
  private socket: WebSocket | undefined;
  private epoch: string | undefined;
  private failures = 0;
  private everOpened = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  /** At once, because a person asks for it, has logged in, or the service answers again. */
  readonly connect = (): void => {
    this.failures = 0;
    this.open();
  };

  private readonly open = (): void => {
    clearTimeout(this.timer);
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/live`);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => this.take(data));
    socket.addEventListener('close', ({ code }) => {
      if (this.socket === socket) this.lost(code);
    });
  };

  send(message: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  data(topic: string): unknown {
    return this.topics.get(topic)?.data;
  }

  /** Follows a topic until the returned function is called; the last one who leaves ends the subscription. */
  follow(topic: Topic, listener: () => void): () => void {
    let followed = this.topics.get(topic);
    if (!followed) {
      followed = { listeners: new Set(), data: undefined, seq: 0 };
      this.topics.set(topic, followed);
      if (this.status.get().state === 'live') this.send({ type: 'subscribe', topics: [topic] });
    }
    followed.listeners.add(listener);
    return () => {
      followed.listeners.delete(listener);
      if (followed.listeners.size > 0 || this.topics.get(topic) !== followed) return;
      this.topics.delete(topic);
      this.send({ type: 'unsubscribe', topics: [topic] });
    };
  }

  private take(data: string | ArrayBuffer): void {
    const status = this.status.get();
    this.status.set({ state: 'live', heardAt: Date.now() });
    noteReachable();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(), SILENT_MS);
    if (typeof data !== 'string') return this.onFrame(data);
    const message = JSON.parse(data) as Message;
    if (message.type === 'hello') return this.hello(message);
    if (message.type === 'ping' && message.time !== undefined) noteServerTime(message.time, 100);
    if (message.topic === undefined) return;
    const followed = this.topics.get(message.topic);
    if (!followed) return;
    if (message.type === 'snapshot') followed.data = message.data;
    else if (message.type === 'delta') followed.data = merged(message.topic, followed.data, message.data);
    else return;
    followed.seq = message.seq ?? followed.seq;
    for (const listener of followed.listeners) listener();
    if (message.type === 'delta' || status.state !== 'live') this.onChange(message.topic);
  }

  private hello({ epoch, time, build }: Message): void {
    [this.failures, this.everOpened] = [0, true];
    if (time !== undefined) noteServerTime(time, 100);
    noteBuild(null);
    if (build !== undefined && epoch !== this.epoch) for (const topic of this.topics.keys()) this.onChange(topic);
    const since = Object.fromEntries([...this.topics].filter(([, f]) => f.seq > 0).map(([topic, f]) => [topic, f.seq]));
    if (this.topics.size > 0)
      this.send({
        type: 'subscribe',
        topics: [...this.topics.keys()],
        ...(this.epoch ? { since, epoch: this.epoch } : {}),
      });
    this.epoch = epoch;
    for (const opened of this.onOpen) opened();
  }

  private lost(code: number): void {
    clearTimeout(this.silence);
    this.failures += 1;
    if (code === REVOKED) noteUnauthorized();
    const absent = !this.everOpened && this.failures >= NEVER_OPENED;
    const wait = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** (this.failures - 1)) * (0.75 + Math.random() / 2);
    const retryAt = Date.now() + (absent ? LONGEST_WAIT_MS : wait);
    const { heardAt, lostAt = Date.now() } = this.status.get();
    this.status.set({ state: absent ? 'absent' : 'lost', heardAt, retryAt, lostAt });
    this.timer = setTimeout(this.open, retryAt - Date.now());
  }
}

export const live = new LiveConnection();

reachable.subscribe(() => {
  if (reachable.get().ok && live.status.get().state !== 'live') live.connect();
});

/** Asked every few seconds, a service that has not answered for so long does not answer. */
const UNANSWERED_MS = 15_000;

/** How fresh what is shown is: without a socket, the answers to requests keep it fresh, as long as they come. */
export function useFreshness(): LinkStatus {
  const status = useStore(live.status);
  const { ok } = useStore(reachable);
  useServerNow();
  if (status.state === 'live') return status;
  const heardAt = Math.max(status.heardAt, lastAnswerAt());
  const answers = ok && Date.now() - heardAt < UNANSWERED_MS;
  if (!answers) return { ...status, state: 'lost', heardAt };
  return {
    ...status,
    state: status.lostAt !== undefined && heardAt > status.lostAt ? 'absent' : status.state,
    heardAt,
  };
}

/** The time of what is shown: the present while the link is there, else when it was last heard of. */
export function useKnownNow(): number {
  const now = useServerNow();
  const { state, heardAt } = useFreshness();
  return state === 'lost' ? now - (Date.now() - heardAt) : now;
}

const never = () => () => undefined;

/** What is known of a topic; undefined before the first snapshot, and where there is no live socket. */
export function useTopic<T extends keyof TopicData>(topic: T, wanted = true): TopicData[T] | undefined {
  return useSyncExternalStore(wanted ? followers(topic) : never, () => live.data(topic) as TopicData[T] | undefined);
}

const bound = new Map<string, (listener: () => void) => () => void>();

function followers(topic: Topic) {
  const known = bound.get(topic) ?? ((listener: () => void) => live.follow(topic, listener));
  bound.set(topic, known);
  return known;
}

/** The end of a camera's log as it grows; undefined where there is no live socket. */
export const useLogTopic = (cameraId: string): readonly string[] | undefined =>
  useSyncExternalStore(
    followers(`logs:${cameraId}`),
    () => (live.data(`logs:${cameraId}`) as { lines: readonly string[] } | undefined)?.lines,
  );

/** Keeps topics subscribed for what is read by requests: their changes make it read again. */
export function useFollowed(topics: readonly Topic[]): void {
  const names = topics.join(' ');
  useEffect(() => {
    const ends = names.split(' ').map((topic) => live.follow(topic as Topic, () => undefined));
    return () => ends.forEach((end) => end());
  }, [names]);
}
