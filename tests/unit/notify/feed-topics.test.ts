import type { JsonObject } from '../../../src/domain/shared/json';
import { type FeedTopic, KeyedTopic, RecentTopic, StateTopic } from '../../../src/infrastructure/notify/feed-topics';

interface Told {
  readonly type: string;
  readonly topic: string;
  readonly seq?: number;
  readonly data?: Record<string, unknown>;
}
const told = (topic: FeedTopic, seen?: number): Told[] =>
  topic.since(seen).map((bytes) => JSON.parse(String(bytes)) as Told);

describe('a state that is sent as a whole', () => {
  it('is a snapshot for who has seen nothing, a delta for who is behind, and nothing for who has it', () => {
    const topic = new StateTopic('config');
    expect(told(topic)).toEqual([]);
    topic.set({ revision: 1 });
    topic.set({ revision: 1 });
    expect(told(topic)).toEqual([{ type: 'snapshot', topic: 'config', seq: 1, data: { revision: 1 } }]);
    topic.set({ revision: 2 });
    expect(told(topic, 1)).toEqual([{ type: 'delta', topic: 'config', seq: 2, data: { revision: 2 } }]);
    expect(told(topic, 2)).toEqual([]);
  });
});

describe('a state of many parts', () => {
  const set = (topic: KeyedTopic, parts: Record<string, JsonObject>) => topic.set(new Map(Object.entries(parts)));

  it('sends what changed since, the newest of each part, and what is gone', () => {
    const topic = new KeyedTopic('cameras', 'cameras');
    set(topic, {});
    expect(told(topic)[0]?.data).toEqual({ cameras: {} });
    set(topic, { gate: { fps: 1 }, dock: { fps: 1 } });
    set(topic, { gate: { fps: 2 }, dock: { fps: 1 } });
    set(topic, { gate: { fps: 3 } });
    expect(told(topic)).toEqual([
      { type: 'snapshot', topic: 'cameras', seq: 4, data: { cameras: { gate: { fps: 3 } } } },
    ]);
    expect(told(topic, 2)[0]?.data).toEqual({ cameras: { gate: { fps: 3 } }, removed: ['dock'] });
    expect(told(topic, 4)).toEqual([]);
    set(topic, { gate: { fps: 3 } });
    expect(topic.seq).toBe(4);
    set(topic, { gate: { fps: 3 }, dock: { fps: 9 } });
    expect(told(topic, 2)[0]?.data).toEqual({ cameras: { gate: { fps: 3 }, dock: { fps: 9 } }, removed: [] });
  });

  it('begins anew for who is behind more removals than are remembered', () => {
    const topic = new KeyedTopic('cameras', 'cameras');
    const many = Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`cam${i}`, { i }]));
    set(topic, { ...many, last: {} });
    set(topic, { last: {} });
    expect(told(topic, 1).map(({ type }) => type)).toEqual(['resync', 'snapshot']);
  });
});

describe('happenings', () => {
  it('all come to who follows, and the newest to who begins', () => {
    const topic = new RecentTopic('alerts', 'items', 2);
    topic.add([]);
    expect(told(topic)[0]?.data).toEqual({ items: [] });
    topic.add([1, 2]);
    topic.add([3], { open: 3 });
    expect(told(topic)).toEqual([{ type: 'snapshot', topic: 'alerts', seq: 3, data: { items: [2, 3], open: 3 } }]);
    expect(told(topic, 1)[0]?.data).toEqual({ items: [1, 2, 3], open: 3 });
    expect(told(topic, 2)[0]?.data).toEqual({ items: [3], open: 3 });
    topic.add([], { open: 3 });
    expect(told(topic, 3)).toEqual([]);
    topic.add([], { open: 2 });
    expect(told(topic, 3)[0]?.data).toEqual({ items: [], open: 2 });
  });

  it('of which too many were missed begin anew', () => {
    const topic = new RecentTopic('events', 'items', 2);
    for (let i = 1; i <= 600; i += 1) topic.add([i]);
    expect(told(topic, 101)[0]?.data?.items).toHaveLength(499);
    expect(told(topic, 99).map(({ type }) => type)).toEqual(['resync', 'snapshot']);
    expect(told(topic, 99)[1]?.data).toEqual({ items: [599, 600] });
  });
});
