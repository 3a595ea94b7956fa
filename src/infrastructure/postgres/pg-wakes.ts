import type { DedicatedConnection } from './dedicated-connection';

/** Notified by triggers (migrations/1764800000000-wake.ts); the payload is one of the topics. */
const WAKE_CHANNEL = 'watchgate_wake';

/** A safety net: a notification may be lost in an unforeseen way. */
const REMEMBERED_MS = 30_000;

/** What loops wait for. */
export type WakeTopic =
  | 'events'
  | 'camera_changes'
  | 'alert_rules'
  | 'deliveries'
  | 'control_requests'
  | 'control_answers'
  | 'cameras'
  | 'sights'
  | 'nodes'
  | 'placements'
  | 'tokens'
  | 'violations'
  | 'alerts';

/**
 * Wakes loops when what they wait for was written, by any service; and all of them when a notification may have been
 * missed.
 */
export class PgWakes {
  private readonly sleepers = new Map<string, Set<() => void>>();
  private started = false;

  constructor(private readonly connection: DedicatedConnection) {}

  /** Resolves when it listens. */
  async start(): Promise<void> {
    await this.connection.listen(WAKE_CHANNEL, (topic) => {
      if (topic !== '') return this.wake(topic);
      for (const each of this.sleepers.keys()) this.wake(each);
    });
    this.started = true;
  }

  /** Answers a function that ends it. `task` only starts something: it neither takes long nor throws. */
  on(topic: WakeTopic, task: () => void): () => void {
    const sleepers = this.sleepers.get(topic) ?? new Set();
    this.sleepers.set(topic, sleepers.add(task));
    return () => void sleepers.delete(task);
  }

  private wake(topic: string): void {
    for (const task of this.sleepers.get(topic) ?? []) task();
  }

  /**
   * Reads again only what may have changed: results are cached until the topic is notified, some seconds at most. While
   * no notification can be received, everything is read each time.
   */
  remembered<T>(topic: WakeTopic, read: () => Promise<T>): () => Promise<T> {
    let known: { readonly value: T; readonly at: number } | undefined;
    let changes = 0;
    this.on(topic, () => {
      known = undefined;
      changes += 1;
    });
    return async () => {
      const [at, before] = [performance.now(), changes];
      if (known && this.isListening && at - known.at < REMEMBERED_MS) return known.value;
      const value = await read();
      if (changes === before) known = { value, at };
      return value;
    };
  }

  private get isListening(): boolean {
    return this.started && this.connection.isThere;
  }
}
