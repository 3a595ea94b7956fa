import { Client } from 'pg';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SCHEMA = `
  CREATE TABLE detection_records (id bigserial PRIMARY KEY, camera_id varchar(50) NOT NULL,
    timestamp timestamp NOT NULL DEFAULT now(), frame_number int, person_count int DEFAULT 0, hairnet_violations int DEFAULT 0,
    handwash_events int DEFAULT 0, sanitize_events int DEFAULT 0, person_detections jsonb, processing_time float, fps float,
    created_at timestamp DEFAULT now());
  CREATE TABLE violation_events (id bigserial PRIMARY KEY, detection_id bigint, camera_id varchar(50) NOT NULL,
    timestamp timestamp NOT NULL DEFAULT now(), violation_type varchar(50) NOT NULL, track_id int, confidence float,
    snapshot_path varchar(500), bbox jsonb, status varchar(20) DEFAULT 'pending', handled_at timestamp, handled_by varchar(100),
    notes text, created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
  CREATE TABLE statistics_hourly (id bigserial PRIMARY KEY, camera_id varchar(50), hour_start timestamp, total_frames int,
    total_persons int, total_hairnet_violations int, total_handwash_events int, total_sanitize_events int, avg_fps float,
    avg_processing_time float, min_processing_time float, max_processing_time float, created_at timestamp, updated_at timestamp);
  CREATE TABLE alert_rules (id serial PRIMARY KEY, name varchar(100) NOT NULL, camera_id varchar(50), rule_type varchar(50) NOT NULL,
    conditions jsonb NOT NULL, notification_channels jsonb, recipients jsonb, enabled boolean DEFAULT true,
    priority varchar(20) DEFAULT 'medium', created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(), created_by varchar(100));
  CREATE TABLE alert_history (id bigserial PRIMARY KEY, rule_id int, camera_id varchar(50) NOT NULL, timestamp timestamp DEFAULT now(),
    alert_type varchar(50) NOT NULL, message text, details jsonb, notification_sent boolean DEFAULT false,
    notification_channels_used jsonb, created_at timestamp DEFAULT now());`;

/** Rows of an old backend in Shanghai: good ones, and some that nobody can take. */
const ROWS = `
  INSERT INTO detection_records (camera_id, timestamp, frame_number, person_count, fps, processing_time) VALUES
    ('cam1', date_trunc('hour', now()) - interval '2 hours' + interval '5 minutes', 9, 2, 10, 0.1),
    ('cam1', date_trunc('hour', now()) - interval '2 hours' + interval '6 minutes', 10, 1, 20, 0.3),
    ('cam1', now() - interval '400 days', 1, 1, 1, 1);
  INSERT INTO statistics_hourly (camera_id, hour_start, total_frames, total_persons, avg_fps) VALUES
    ('cam1', date_trunc('hour', now()) - interval '2 hours', 99, 99, 99),
    ('cam1', date_trunc('hour', now()) - interval '50 days', 3600, 40, 12);
  INSERT INTO violation_events (camera_id, timestamp, violation_type, status, bbox, handled_by) VALUES
    ('cam1', '2026-01-02 08:00:00', 'no_hairnet', 'confirmed', '{"x":1,"y":2,"width":3,"height":4}', 'li'),
    ('cam1', '2026-01-02 08:01:00', 'no_hairnet', 'someday', NULL, NULL);
  INSERT INTO alert_rules (name, rule_type, conditions, recipients) VALUES
    ('五次', 'violation', '{"threshold": 5}', NULL),
    ('broken', 'violation_threshold', '{"threshold": "many"}', NULL),
    ('发网', 'violation_threshold', '{"violation_type": "no_hairnet", "threshold": 5, "duration_minutes": 10}', NULL);
  INSERT INTO alert_history (rule_id, camera_id, alert_type, message) VALUES
    (1, 'cam1', 'violation_threshold', '6 in 10 min'), (2, 'cam1', 'violation_threshold', 'x');`;

/** Makes the tables of an old backend in a database, as the old migration did. */
export async function makeOldTables(url: string): Promise<void> {
  const sql = new Client({ connectionString: url, options: '-c timezone=Asia/Shanghai' });
  await sql.connect();
  await sql.query(SCHEMA);
  await sql.query(ROWS);
  await sql.end();
}

/** Makes the files of an old backend in a folder. */
export function makeOldFiles(dir: string, events: readonly object[]): void {
  for (const folder of ['config', 'logs']) mkdirSync(path.join(dir, folder), { recursive: true });
  const cameras = `cameras:
- id: cam1
  name: 一号
  source: rtsp://u:geheim@10.0.0.1/live
  enabled: true
  mounted_by: Ali
- {id: cam2, name: Zwei, source: '0', resolution: 1280x720}
`;
  writeFileSync(path.join(dir, 'config/cameras.yaml'), cameras);
  writeFileSync(
    path.join(dir, 'config/regions.json'),
    '{"regions":[{"region_id":"sink","region_type":"handwash","polygon":[[0,0],[9,0],[9,9]]}]}',
  );
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  writeFileSync(path.join(dir, 'logs/events_record.jsonl'), `${lines}not json\n`);
}
