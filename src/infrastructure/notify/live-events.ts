import type { JsonObject } from '../../domain/shared/json';
import type { LiveSockets } from './live-sockets';

export const EVENTS_PATH = '/ws/events';
const MOST = 500;

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

  constructor(
    private readonly tail: EventTail,
    private readonly sockets: () => LiveSockets,
  ) {}

  /** Tells what is new since the last time; nothing from before somebody listened. */
  async look(): Promise<void> {
    const clients = this.sockets().at(EVENTS_PATH);
    if (clients.length === 0) {
      this.seq = undefined;
      return;
    }
    this.seq ??= await this.tail.newest();
    const fresh = await this.tail.after(this.seq, MOST);
    for (const { seq, line } of fresh) {
      this.seq = seq;
      for (const client of clients) {
        const wanted = client.query.get('etype');
        if (wanted === null || wanted === '' || wanted === line.type) client.send({ type: 'event', data: line });
      }
    }
  }

  ping(): void {
    for (const client of this.sockets().at(EVENTS_PATH)) client.send({ type: 'ping' });
  }

  alert(data: object): void {
    for (const client of this.sockets().at(EVENTS_PATH)) client.send({ type: 'alert', data });
  }
}
