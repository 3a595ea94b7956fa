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

export const historyItem = (event: Event): HistoryItem => ({
  ts: event.ts,
  camera_id: event.cameraId,
  type: event.type,
  track_id: event.trackId,
  region: regionOf(event),
  detail: event.evidence,
});

const regionOf = ({ evidence }: Event): string | null =>
  typeof evidence?.region === 'string' ? evidence.region : null;
