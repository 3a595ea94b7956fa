import type { JsonObject } from '../../domain/shared/json';
import type { LiveClient, LiveSockets, LiveTopic } from './live-sockets';

export const EVENTS_PATH = '/ws/events';
const MOST = 500;
/** More alerts than are announced again after a connection was lost. */
const REMEMBERED = 1_000;

interface LiveMessage extends JsonObject {
  readonly type: string;
}

/** The newest events, in the order of ingestion. */
interface EventTail {
  newest(): Promise<number>;
  after(seq: number, limit: number): Promise<{ readonly seq: number; readonly line: LiveMessage }[]>;
}

/** Sends every event, and every alert, to the clients of `/ws/events`; `?etype=` selects one type of event. */
export class LiveEvents {
  private seq: number | undefined;
  private readonly sent = new Set<string>();
  /** Called when a client connected that wants new events from now on. */
  onJoin: () => void = () => undefined;

  constructor(
    private readonly tail: EventTail,
    private readonly sockets: () => LiveSockets,
  ) {}

  join(): void {
    this.onJoin();
  }

  /** Sends the events since the last call; none from before the first client connected. */
  async look(): Promise<void> {
    const clients = this.sockets().at(EVENTS_PATH);
    if (clients.length === 0) {
      this.seq = undefined;
      return;
    }
    this.seq ??= await this.tail.newest();
    for (let more = true; more; ) more = await this.send(this.seq ?? 0, clients);
  }

  private async send(after: number, clients: readonly LiveClient[]): Promise<boolean> {
    const fresh = await this.tail.after(after, MOST);
    for (const { line } of fresh) {
      for (const client of clients) {
        const wanted = client.query.get('etype');
        if (wanted === null || wanted === '' || wanted === line.type) client.send({ type: 'event', data: line });
      }
    }
    this.seq = fresh.at(-1)?.seq ?? after;
    return fresh.length === MOST;
  }

  ping(): void {
    for (const client of this.sockets().at(EVENTS_PATH)) client.send({ type: 'ping' });
  }

  private isRepeated(key: string): boolean {
    if (this.sent.has(key)) return true;
    this.sent.add(key);
    const [oldest] = this.sent;
    if (this.sent.size > REMEMBERED && oldest !== undefined) this.sent.delete(oldest);
    return false;
  }

  /**
   * `announced`: the alert as JSON, as another service announced it. An alert that this instance already sent is not
   * sent again.
   */
  alert(announced: string): void {
    const data = JSON.parse(announced) as JsonObject;
    if (typeof data.idempotency_key === 'string' && this.isRepeated(data.idempotency_key)) return;
    for (const client of this.sockets().at(EVENTS_PATH)) client.send({ type: 'alert', data });
  }
}

export const STATUS_PATH = '/ws/status';

/** The status of each camera's worker. */
type StatusSource = () => Promise<ReadonlyMap<string, JsonObject>>;

interface SentStatus {
  readonly at: number;
  readonly text: string;
  readonly data: JsonObject;
}

/** Sends the state of every camera to new clients of `/ws/status`, and its changes from then on. */
export class LiveStatus implements LiveTopic {
  private readonly sent = new Map<string, SentStatus>();

  constructor(
    private readonly source: StatusSource,
    private readonly sockets: () => LiveSockets,
  ) {}

  join(client: LiveClient): void {
    void this.refresh().then(() => client.send(update({ data: this.all() })));
  }

  /** Reads the status of the workers only while clients listen. */
  async look(): Promise<void> {
    const clients = this.sockets().at(STATUS_PATH);
    if (clients.length === 0) return;
    for (const [camera_id, { at, data }] of await this.refresh()) {
      const message = update({ camera_id, data: { type: 'stats', camera_id, timestamp: at, data } });
      for (const client of clients) client.send(message);
    }
  }

  /** The changed ones; where the workers' status cannot be read, the last one stays. */
  private async refresh(): Promise<[string, SentStatus][]> {
    const at = Date.now() / 1_000;
    const status = await this.source().catch(() => undefined);
    if (!status) return [];
    for (const id of this.sent.keys()) if (!status.has(id)) this.sent.delete(id);
    const changed = [...status].flatMap(([id, data]): [string, SentStatus][] => {
      const text = JSON.stringify(data);
      return this.sent.get(id)?.text === text ? [] : [[id, { at, text, data }]];
    });
    for (const [id, sent] of changed) this.sent.set(id, sent);
    return changed;
  }

  private all(): JsonObject {
    return Object.fromEntries([...this.sent].map(([id, { at, data }]) => [id, { camera_id: id, timestamp: at, data }]));
  }
}

/** The old backend used a monotonic clock here. */
const update = (what: object): object => ({ type: 'status_update', ...what, timestamp: performance.now() / 1_000 });
