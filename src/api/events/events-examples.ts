import type { EventsPort } from '../../application/events/events-port';
import type { Examples } from '../http/example';
import { invalid, unreadable } from '../http/refused-examples';

export const eventExamples: Examples<EventsPort> = {
  recent: {
    input: { camera_id: 'gate', etype: 'NO_HAIRNET_AT_SINK', limit: 1 },
    answer: [
      {
        id: '018fd3c2-7a10-7000-8000-000000000001',
        ts: 1767600902.114,
        type: 'NO_HAIRNET_AT_SINK',
        camera_id: 'gate',
        track_id: 17,
        evidence: {
          confidence: 0.91,
          region: 'sink',
          bbox: [410, 122, 506, 362],
          snapshot_path: 'captures/gate/17.jpg',
        },
      },
    ],
    varies: ['/*/ts'],
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal'),
  },
  post: {
    input: {
      events: [
        { ts: '2025-06-02T08:15:00.000Z', type: 'SKIP_DRYING', camera_id: 'gate', track_id: 19 },
        { type: 'no time' },
      ],
    },
    answer: {
      ok: true,
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, reason: 'ts must be seconds since 1970 or an ISO time' }],
    },
    refused: invalid({ events: 'none' }, 'events', 'must be an array', 'isArray'),
  },
  exportCsv: {
    input: { camera_id: 'gate', event_type: 'NO_HAIRNET_AT_SINK' },
    answer:
      'id,time,type,camera_id,track_id,evidence\r\n018fd3c2-7a10-7000-8000-000000000001,2026-01-05T08:15:02.114Z,NO_HAIRNET_AT_SINK,gate,17,"{""bbox"":[410,122,506,362],""confidence"":0.91,""region"":""sink"",""snapshot_path"":""captures/gate/17.jpg""}"\r\n',
    refused: unreadable(
      { start_time: 'yesterday' },
      'start_time',
      'must be a valid ISO 8601 date string',
      'datetime_parsing',
    ),
  },
};
