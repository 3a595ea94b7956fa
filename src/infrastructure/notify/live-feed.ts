import { randomUUID } from 'node:crypto';
import { type JsonObject, isJsonObject } from '../../domain/shared/json';
import type { FeedTopic } from './feed-topics';
import type { LiveClient, LiveTopic } from './live-sockets';
import type { LiveTiles } from './live-tiles';

export const LIVE_PATH = '/ws/live';
const MOST_TOPICS = 16;
/** While a client has this many bytes waiting, nothing more is made for it; what it missed is sent as one later. */
const MOST_WAITING_BYTES = 64_000;
/** Drawn pictures are acknowledged one by one: 64 tiles with five pictures a second, and room. */
const MOST_MESSAGES = 600;

/** Where the messages of a topic come from. */
export interface FeedSource {
  readonly topic: FeedTopic;
  /** Called when somebody begins to follow the topic, which nobody did before: it is to be read at once. */
  readonly begin: () => void;
  /** Called when nobody follows it any more. */
  readonly end?: () => void;
}

interface Follower {
  /** The last change of each topic that was sent; undefined: nothing yet. */
  readonly seen: Map<string, number | undefined>;
  /** Whether something is on its way, after which it is looked for more. */
  sending: boolean;
}

/** Follows topics for the clients of `/ws/live`: docs/live.md. */
export class LiveFeed implements LiveTopic {
  readonly mostMessages = MOST_MESSAGES;
  /** Numbers of changes count within the life of this service only. */
  private readonly epoch = randomUUID();
  private readonly followers = new Map<LiveClient, Follower>();
  private readonly sources = new Map<string, FeedSource>();
  private readonly following = new Map<string, number>();

  /** `source`: the one of a topic; undefined: there is none. Called once for each topic that somebody follows. */
  constructor(
    private readonly source: (topic: string) => FeedSource | undefined,
    private readonly tiles: Pick<LiveTiles, 'watch' | 'acknowledge' | 'leave'>,
    private readonly clock: () => Date,
  ) {}

  /** Whether somebody follows a topic. */
  isFollowed(topic: string): boolean {
    return (this.following.get(topic) ?? 0) > 0;
  }

  join(client: LiveClient): void {
    this.followers.set(client, { seen: new Map(), sending: false });
    client.send({ type: 'hello', epoch: this.epoch, time: this.clock().getTime() });
  }

  leave(client: LiveClient): void {
    for (const topic of this.followers.get(client)?.seen.keys() ?? []) this.dropped(topic);
    this.followers.delete(client);
    this.tiles.leave(client);
  }

  receive(client: LiveClient, message: JsonObject): void {
    const follower = this.followers.get(client);
    if (!follower) return;
    switch (message.type) {
      case 'ping':
        return client.send({ type: 'pong', time: this.clock().getTime() });
      case 'subscribe':
        return this.subscribe(client, follower, message);
      case 'unsubscribe':
        for (const topic of textsOf(message.topics)) if (follower.seen.delete(topic)) this.dropped(topic);
        return;
      case 'watch': {
        const refusal = this.tiles.watch(client, message.tiles);
        if (refusal !== undefined) client.send({ type: 'error', detail: refusal });
        return;
      }
      case 'ack':
        return this.tiles.acknowledge(client, message.tile, message.seq);
      default:
        client.send({ type: 'error', detail: 'type is none of subscribe, unsubscribe, watch, ack, ping' });
    }
  }

  /** Sends what is new of a topic to all who follow it. */
  changed(topic: string): void {
    for (const [client, follower] of this.followers) if (follower.seen.has(topic)) this.pump(client, follower);
  }

  ping(): void {
    const time = this.clock().getTime();
    for (const client of this.followers.keys()) client.send({ type: 'ping', time });
  }

  private subscribe(client: LiveClient, follower: Follower, { topics, since, epoch }: JsonObject): void {
    for (const topic of textsOf(topics)) {
      if (follower.seen.has(topic)) continue;
      if (follower.seen.size >= MOST_TOPICS) {
        client.send({ type: 'error', detail: `at most ${MOST_TOPICS} topics for a socket` });
        break;
      }
      const source = this.sources.get(topic) ?? this.source(topic);
      if (!source) {
        client.send({ type: 'error', detail: `there is no topic ${topic}`, topic });
        continue;
      }
      this.follow(topic, source);
      const last = isJsonObject(since) ? since[topic] : undefined;
      const known =
        epoch === this.epoch &&
        typeof last === 'number' &&
        Number.isInteger(last) &&
        last > 0 &&
        last <= source.topic.seq;
      if (last !== undefined && !known) client.send({ type: 'resync', topic });
      follower.seen.set(topic, known ? last : undefined);
    }
    this.pump(client, follower);
  }

  private follow(topic: string, source: FeedSource): void {
    this.sources.set(topic, source);
    const before = this.following.get(topic) ?? 0;
    this.following.set(topic, before + 1);
    if (before === 0) source.begin();
  }

  private dropped(topic: string): void {
    const left = (this.following.get(topic) ?? 1) - 1;
    this.following.set(topic, left);
    if (left > 0) return;
    this.following.delete(topic);
    this.sources.get(topic)?.end?.();
    this.sources.delete(topic);
  }

  /** A client that takes slowly is left alone until it has taken what it was sent: then it gets the newest state. */
  private pump(client: LiveClient, follower: Follower): void {
    if (follower.sending) return;
    for (const [topic, seen] of follower.seen) {
      const source = this.sources.get(topic)?.topic;
      if (!source || source.seq === seen) continue;
      for (const part of source.since(seen)) this.write(client, follower, part);
      if (source.seq > 0) follower.seen.set(topic, source.seq);
      if (follower.sending) return;
    }
  }

  private write(client: LiveClient, follower: Follower, part: Buffer): void {
    client.write(part, () => {
      if (!follower.sending) return;
      follower.sending = false;
      if (this.followers.has(client)) this.pump(client, follower);
    });
    if (client.waiting() > MOST_WAITING_BYTES) follower.sending = true;
  }
}

const textsOf = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string' && each.length <= 200) : [];
