import { type Event, eventView } from '../../domain/shared/event';
import { utcTime } from '../../domain/shared/utc-time';
import { csv } from '../shared/csv';
import type { Media } from '../shared/media';
import type { EventFilter } from '../shared/event-history';
import type { EventExport } from './events-port';

const DAY_MS = 86_400_000;
const COLUMNS = ['id', 'time', 'type', 'camera_id', 'track_id', 'evidence'];

/** The last day, unless the query says otherwise. */
export function exportWindow(query: EventExport, now: Date): EventFilter {
  const { start_time: start, end_time: end, event_type: type, camera_id: cameraId } = query;
  const to = end ? utcTime(end) : undefined;
  const from = start ? utcTime(start) : (to ?? now.getTime()) - DAY_MS;
  return {
    from,
    ...(to === undefined ? {} : { to }),
    ...(type ? { type } : {}),
    ...(cameraId ? { cameraId } : {}),
  };
}

/** Events as a CSV file, one row each. */
export const eventsCsv = (events: AsyncIterable<Event>): Media => csv('events', COLUMNS, events, row);

function row(event: Event): readonly (string | number | null)[] {
  const { id, ts, type, camera_id, track_id, evidence } = eventView(event);
  const time = new Date(ts * 1000).toISOString();
  return [id, time, type, camera_id, track_id, evidence && JSON.stringify(evidence)];
}
