import { type Event, eventView } from '../../domain/shared/event';
import { canonicalJson } from '../../domain/shared/json';
import { csv } from '../shared/csv';
import { type EventFilter, type EventHistory, requestedWindow } from '../shared/event-history';
import type { Clock } from '../shared/log';
import type { Media } from '../shared/media';
import type { EventPosting } from './event-posting';
import type { EventExport, EventsPort, RecentEvents, SentEvents } from './events-port';

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
export class EventService implements EventsPort {
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
