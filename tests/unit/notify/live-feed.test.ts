import { RecentTopic, StateTopic } from '../../../src/infrastructure/notify/feed-topics';
import { LiveFeed } from '../../../src/infrastructure/notify/live-feed';
import type { LiveClient } from '../../../src/infrastructure/notify/live-sockets';

const NO_TILES = { watch: () => undefined, acknowledge: () => undefined, leave: () => undefined };

/** A client that takes what it is sent when it is told to. */
function slowClient() {
  const heard: Record<string, unknown>[] = [];
  const waiting: { bytes: Buffer; sent: () => void }[] = [];
  const client: LiveClient = {
    query: new URLSearchParams(),
    send: (message) => void heard.push(message as Record<string, unknown>),
    waiting: () => waiting.reduce((sum, { bytes }) => sum + bytes.length, 0),
    write: (bytes, sent) => void waiting.push({ bytes, sent }),
  };
  const take = () => {
    for (const { bytes, sent } of waiting.splice(0)) {
      heard.push(JSON.parse(String(bytes)) as Record<string, unknown>);
      sent();
    }
  };
  return { client, heard, take, waiting };
}

describe('the feed of live state', () => {
  const state = new StateTopic('health');
  const events = new RecentTopic('events', 'items', 0);
  let begun: string[];
  let feed: LiveFeed;
  beforeEach(() => {
    begun = [];
    const topics = { health: state, events };
    feed = new LiveFeed(
      (name) => {
        const topic = name === 'health' || name === 'events' ? topics[name] : undefined;
        return topic && { topic, begin: () => begun.push(`${name} begins`), end: () => begun.push(`${name} ends`) };
      },
      NO_TILES,
      () => new Date(7),
    );
  });

  it('reads a topic only while somebody follows it', () => {
    const [one, other] = [slowClient(), slowClient()];
    for (const { client } of [one, other]) {
      feed.join(client);
      feed.receive(client, { type: 'subscribe', topics: ['health'] });
    }
    feed.receive(one.client, { type: 'unsubscribe', topics: ['health', 'events'] });
    expect([begun, feed.isFollowed('health')]).toEqual([['health begins'], true]);
    feed.leave(other.client);
    expect([begun, feed.isFollowed('health')]).toEqual([['health begins', 'health ends'], false]);
  });

  it('gives a slow client the newest state, once it has taken the last', () => {
    const { client, heard, take, waiting } = slowClient();
    feed.join(client);
    feed.receive(client, { type: 'subscribe', topics: ['health'] });
    for (let n = 0; n < 1_000; n += 1) {
      state.set({ n, long: 'x'.repeat(70_000) });
      feed.changed('health');
    }
    expect(waiting).toHaveLength(1);
    take();
    take();
    const states = heard
      .filter(({ topic }) => topic === 'health')
      .map(({ type, data }) => [type, (data as { n: number }).n]);
    expect(states).toEqual([
      ['snapshot', 0],
      ['delta', 999],
    ]);
  });

  it('resumes where a client was, in this life of the service only', () => {
    const first = slowClient();
    feed.join(first.client);
    const { epoch } = first.heard[0] as { epoch: string };
    events.add(['before']);
    const since = { events: events.seq };
    events.add(['missed']);
    const types = (more: object) => {
      const next = slowClient();
      feed.join(next.client);
      feed.receive(next.client, { type: 'subscribe', topics: ['events'], since, ...more });
      next.take();
      return next.heard.slice(1).map(({ type, data }) => [type, (data as { items: unknown[] } | undefined)?.items]);
    };
    expect(types({ epoch })).toEqual([['delta', ['missed']]]);
    expect(types({ epoch: 'of another life' })).toEqual([
      ['resync', undefined],
      ['snapshot', []],
    ]);
  });

  it('says what it does not understand, and bounds what one client may follow', () => {
    const { client, heard } = slowClient();
    feed.join(client);
    feed.receive(client, { type: 'subscribe', topics: ['nothing'] });
    feed.receive(client, { type: 'dance' });
    feed.receive(client, { type: 'ping' });
    expect(heard.slice(1)).toEqual([
      { type: 'error', detail: 'there is no topic nothing', topic: 'nothing' },
      { type: 'error', detail: 'type is none of subscribe, unsubscribe, watch, ack, ping' },
      { type: 'pong', time: 7 },
    ]);
    const open = new LiveFeed(
      (name) => ({ topic: new StateTopic(name), begin: () => undefined }),
      NO_TILES,
      () => new Date(),
    );
    open.join(client);
    open.receive(client, { type: 'subscribe', topics: Array.from({ length: 40 }, (_, i) => `logs:${i}`) });
    expect(heard.at(-1)).toMatchObject({ type: 'error', detail: 'at most 16 topics for a socket' });
  });
});
