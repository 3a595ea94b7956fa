import type { JsonObject } from '../../domain/shared/json';
import type { LiveClient, LiveSockets } from './live-sockets';

export const EVENTS_PATH = '/ws/events';
const MOST = 500;
/** More alerts than are announced again after a connection was lost. */
const REMEMBERED = 1_000;

export interface LiveLine extends JsonObject {
  readonly type: string;
}

/** The end of the events, in the order in which they were taken in. */
export interface EventTail {
  newest(): Promise<number>;
  after(seq: number, limit: number): Promise<{ readonly seq: number; readonly line: LiveLine }[]>;
}

/** Tells every event, and every alert, to whoever listens at `/ws/events`; `?etype=` wants one type of event only. */
export class LiveEvents {
  private seq: number | undefined;
  private readonly told = new Set<string>();
  /** Somebody came who wants what is new from now on. */
  onJoin: () => void = () => undefined;

  constructor(
    private readonly tail: EventTail,
    private readonly sockets: () => LiveSockets,
  ) {}

  join(): void {
    this.onJoin();
  }

  /** Tells what is new since the last time; nothing from before somebody listened. */
  async look(): Promise<void> {
    const clients = this.sockets().at(EVENTS_PATH);
    if (clients.length === 0) {
      this.seq = undefined;
      return;
    }
    this.seq ??= await this.tail.newest();
    for (let more = true; more; ) more = await this.tell(this.seq ?? 0, clients);
  }

  private async tell(after: number, clients: readonly LiveClient[]): Promise<boolean> {
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
    if (this.told.has(key)) return true;
    this.told.add(key);
    const [oldest] = this.told;
    if (this.told.size > REMEMBERED && oldest !== undefined) this.told.delete(oldest);
    return false;
  }

  /** `announced`: the alert as JSON, as another service announced it; one that was told here already is not told again. */
  alert(announced: string): void {
    const data = JSON.parse(announced) as JsonObject;
    if (typeof data.idempotency_key === 'string' && this.isRepeated(data.idempotency_key)) return;
    for (const client of this.sockets().at(EVENTS_PATH)) client.send({ type: 'alert', data });
  }
}
