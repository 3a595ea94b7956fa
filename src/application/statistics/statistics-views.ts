import { type Event, eventView } from '../../domain/shared/event';
import type { HistoryItem, StatisticsEvent } from './statistics-port';

export function statisticsEvent(event: Event): StatisticsEvent {
  const { id, ts, type, camera_id, track_id, evidence } = eventView(event);
  const confidence = evidence?.confidence;
  return {
    id,
    timestamp: new Date(ts * 1000).toISOString(),
    type,
    camera_id,
    confidence: typeof confidence === 'number' ? confidence : 0,
    track_id,
    region: regionOf(event),
    metadata: evidence ?? {},
  };
}

/** `event_type` and `camera_name` are what the old dashboard looks for; no backend sent them. */
export const historyItem = (event: Event, names: ReadonlyMap<string, string>): HistoryItem => ({
  ts: event.ts,
  camera_id: event.cameraId,
  camera_name: names.get(event.cameraId) ?? null,
  type: event.type,
  event_type: event.type,
  track_id: event.trackId,
  region: regionOf(event),
  detail: event.evidence,
});

const regionOf = ({ evidence }: Event): string | null =>
  typeof evidence?.region === 'string' ? evidence.region : null;
