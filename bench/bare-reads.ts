/** What a bare handler asks the database for, by the path that answers the same. */
export const READS: Readonly<Record<string, string>> = {
  '/cameras': 'SELECT * FROM cameras ORDER BY position',

  '/alerts/rules': 'SELECT * FROM alert_rules ORDER BY created_at DESC, id DESC',
  '/events/recent': `SELECT id, ts, type, camera_id, track_id, evidence FROM events
    WHERE ts >= now() - interval '1 hour' ORDER BY ts DESC LIMIT 100`,
  '/statistics/realtime': `SELECT type, count(*) AS events FROM events WHERE ts >= now() - interval '1 hour' GROUP BY type`,
  '/records/violations': 'SELECT * FROM violation_events ORDER BY timestamp DESC LIMIT 50',
  '/statistics/summary': `SELECT id, ts, type, camera_id, track_id, evidence,
      count(*) OVER () AS total FROM events WHERE ts >= now() - interval '1 hour' ORDER BY ts DESC LIMIT 100`,
};
