import { eventView } from '../../domain/shared/event';
import type { Clock } from '../shared/log';
import { eventsCsv, exportWindow } from './event-csv';
import type { EventHistory } from '../shared/event-history';
import type { EventPosting } from './event-posting';
import type { EventExport, EventsPort, RecentEvents, SentEvents } from './events-port';

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
