import { type Event, eventView } from '../../domain/shared/event';
import { canonicalJson } from '../../domain/shared/json';
import { askedWindow } from '../shared/asked-window';
import { csv } from '../shared/csv';
import type { Media } from '../shared/media';
import type { EventFilter } from '../shared/event-history';
import type { EventExport } from './events-port';

const COLUMNS = ['id', 'time', 'type', 'camera_id', 'track_id', 'evidence'];

/** The last day, unless the query says otherwise. */
export function exportWindow(query: EventExport, now: Date): EventFilter {
  const { event_type: type, camera_id: cameraId } = query;
  return { ...askedWindow(query, now), ...(type ? { type } : {}), ...(cameraId ? { cameraId } : {}) };
}

/** Events as a CSV file, one row each. */
export const eventsCsv = (events: AsyncIterable<Event>): Media => csv('events', COLUMNS, events, row);

function row(event: Event): readonly (string | number | null)[] {
  const { id, ts, type, camera_id, track_id, evidence } = eventView(event);
  const time = new Date(ts * 1000).toISOString();
  return [id, time, type, camera_id, track_id, evidence && canonicalJson(evidence)];
}
