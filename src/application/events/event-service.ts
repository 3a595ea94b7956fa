import { InvalidEvent, readEvent } from '../../domain/events/read-event';
import { acceptedTimes } from '../../domain/events/time-window';
import { type Event, eventView } from '../../domain/shared/event';
import { canonicalJson } from '../../domain/shared/json';
import { csv } from '../shared/csv';
import { type EventFilter, type EventHistory, requestedWindow } from '../shared/event-history';
import type { Clock } from '../shared/log';
import type { Media } from '../shared/media';
import type { Journal } from './journal';

export interface RecentEvents {
  readonly limit: number;
  readonly minutes: number;
  readonly etype?: string;
  readonly camera_id?: string;
}

export interface SentEvents {
  /** The events of a request; each is checked by itself. */
  readonly events: readonly unknown[];
}

export interface Posted {
  readonly ok: true;
  /** Events that were not known before. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
}

interface RejectedEvent {
  /** Place in the list that was sent, from 0. */
  readonly index: number;
  readonly reason: string;
}

export interface EventExport {
  readonly start_time?: string;
  readonly end_time?: string;
  readonly event_type?: string;
  readonly camera_id?: string;
}

/**
 * Ids of events that are in the journal but perhaps not in the table yet, where they arrive a moment later; some 100
 * bytes each.
 */
const REMEMBERED = 10_000;

/** Finds out which of some events are stored already, before they are written. */
type Known = (events: readonly Event[]) => Promise<ReadonlySet<string>>;

/** Accepts events from clients: checks each, leaves out known ones, and writes the rest to the journal. */
export class EventPosting {
  private readonly posted = new Set<string>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly retentionDays: number,
  ) {}

  async post(sent: readonly unknown[], known: Known): Promise<Posted> {
    const times = acceptedTimes(this.clock(), this.retentionDays);
    const rejected: RejectedEvent[] = [];
    const events: Event[] = [];
    sent.forEach((value, index) => {
      const event = readEvent(value, times);
      if (event instanceof InvalidEvent) rejected.push({ index, reason: event.why });
      else events.push(event);
    });
    const accepted = await this.inTurn(() => this.write(events, known));
    return { ok: true, accepted, duplicates: events.length - accepted, rejected };
  }

  /** One after the other: two callers that send the same events at once both get a true answer. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async write(events: readonly Event[], known: Known): Promise<number> {
    const unseen = new Map(events.filter(({ id }) => !this.posted.has(id)).map((event) => [event.id, event]));
    if (unseen.size === 0) return 0;
    for (const id of await known([...unseen.values()])) unseen.delete(id);
    await this.journal.append([...unseen.values()].map(eventView));
    for (const id of unseen.keys()) this.remember(id);
    return unseen.size;
  }

  private remember(id: string): void {
    this.posted.add(id);
    const [oldest] = this.posted;
    if (this.posted.size > REMEMBERED && oldest !== undefined) this.posted.delete(oldest);
  }
}

const COLUMNS = ['id', 'time', 'type', 'camera_id', 'track_id', 'evidence'];

/** The last day, unless the query says otherwise. */
function exportWindow(query: EventExport, now: Date): EventFilter {
  const { event_type: type, camera_id: cameraId } = query;
  return { ...requestedWindow(query, now), ...(type ? { type } : {}), ...(cameraId ? { cameraId } : {}) };
}

/** Events as a CSV file, one row each. */
const eventsCsv = (events: AsyncIterable<Event>): Media => csv('events', COLUMNS, events, row);

function row(event: Event): readonly (string | number | null)[] {
  const { id, ts, type, camera_id, track_id, evidence } = eventView(event);
  const time = new Date(ts * 1000).toISOString();
  return [id, time, type, camera_id, track_id, evidence && canonicalJson(evidence)];
}

/** Events, from wherever their history is read. */
export class EventService {
  constructor(
    private readonly history: EventHistory,
    private readonly posting: EventPosting,
    private readonly clock: Clock,
  ) {}

  async recent({ limit, minutes, etype, camera_id }: RecentEvents) {
    const from = this.clock().getTime() - minutes * 60_000;
    const filter = { from, ...(etype ? { type: etype } : {}), ...(camera_id ? { cameraId: camera_id } : {}) };
    return (await this.history.newest(filter, limit)).map(eventView);
  }

  post({ events }: SentEvents) {
    return this.posting.post(events, (unseen) => this.history.known(unseen));
  }

  async exportCsv(query: EventExport) {
    return eventsCsv(this.history.all(exportWindow(query, this.clock())));
  }
}
