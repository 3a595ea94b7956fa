/**
 * Stores events (one array per column, $1 to $8), in the order given, with their sums per minute, hour and day (of
 * the zone $9) and the violations they open; answers how many were new. One statement, so one moment.
 */
const storeEvents = (whenKnown: string): string => `
  WITH incoming AS MATERIALIZED (
    SELECT *, to_timestamp(seconds) AS ts
      FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::text[], $5::text[], $6::bigint[], $7::jsonb[], $8::jsonb[])
           WITH ORDINALITY AS e(id, external_id, seconds, camera_id, type, track_id, evidence, violation, place)
  ), fresh AS (
    INSERT INTO event_keys (id, ts) SELECT id, ts FROM incoming ${whenKnown} RETURNING id
  ), stored AS (
    INSERT INTO events (id, external_id, ts, camera_id, type, track_id, evidence)
    SELECT id, external_id, ts, camera_id, type, track_id, evidence FROM incoming WHERE id IN (SELECT id FROM fresh)
     ORDER BY place
    RETURNING ts, camera_id, type
  ), opened AS (
    INSERT INTO violation_events
      (event_id, camera_id, timestamp, violation_type, track_id, confidence, snapshot_path, bbox)
    SELECT id, camera_id, ts, violation ->> 'violationType', track_id, (violation ->> 'confidence')::float8,
           violation ->> 'snapshotPath', nullif(violation -> 'bbox', 'null')
      FROM incoming WHERE violation IS NOT NULL AND id IN (SELECT id FROM fresh) ORDER BY place
  ), minutes AS (
    SELECT date_trunc('minute', ts) AS minute, camera_id, type, count(*) AS events FROM stored GROUP BY 1, 2, 3
  ), summed AS (
    INSERT INTO event_rollups AS known (grain, bucket, camera_id, type, events)
    SELECT grain, bucket, camera_id, type, sum(events)
      FROM minutes CROSS JOIN LATERAL (VALUES
        ('minute', minute), ('hour', date_trunc('hour', minute)), ('day', date_trunc('day', minute, $9::text))
      ) AS b(grain, bucket)
     GROUP BY grain, bucket, camera_id, type
    ON CONFLICT (grain, bucket, camera_id, type) DO UPDATE SET events = known.events + excluded.events
  )
  SELECT count(*)::integer AS stored FROM fresh`;

/** For events that are all new, as they nearly always are: a seventh faster, and refused (23505) if one is not. */
export const STORE_NEW_EVENTS = storeEvents('');

/** Leaves out the events that are there already. */
export const STORE_EVENTS = storeEvents('ON CONFLICT DO NOTHING');

/** The columns of `statistics_hourly`, from reports that are grouped by the first two. */
export const SUMS_OF_REPORTS = `camera_id, date_trunc('hour', ts, 'UTC'), count(*), sum(frames), sum(person_count),
  sum(hairnet_violations), sum(handwash_events), sum(sanitize_events), coalesce(sum(fps), 0), count(fps),
  coalesce(sum(confidence), 0), count(confidence), coalesce(sum(processing_time), 0), count(processing_time),
  min(processing_time), max(processing_time)`;

/** Adds new reports to the sums of their hour; the table is called `known`. */
export const ADD_TO_SUMS = `ON CONFLICT (camera_id, hour_start) DO UPDATE SET
      records = known.records + excluded.records,
      total_frames = known.total_frames + excluded.total_frames,
      total_persons = known.total_persons + excluded.total_persons,
      total_hairnet_violations = known.total_hairnet_violations + excluded.total_hairnet_violations,
      total_handwash_events = known.total_handwash_events + excluded.total_handwash_events,
      total_sanitize_events = known.total_sanitize_events + excluded.total_sanitize_events,
      fps_sum = known.fps_sum + excluded.fps_sum,
      fps_records = known.fps_records + excluded.fps_records,
      confidence_sum = known.confidence_sum + excluded.confidence_sum,
      confidence_records = known.confidence_records + excluded.confidence_records,
      processing_time_sum = known.processing_time_sum + excluded.processing_time_sum,
      processing_time_records = known.processing_time_records + excluded.processing_time_records,
      min_processing_time = least(known.min_processing_time, excluded.min_processing_time),
      max_processing_time = greatest(known.max_processing_time, excluded.max_processing_time)`;

/** Stores detection reports ($1, JSON) that are not there yet, with their sums per hour; answers how many were new. */
export const STORE_DETECTIONS = `
  WITH incoming AS MATERIALIZED (
    SELECT *, to_timestamp("seconds") AS ts FROM json_to_recordset($1::json) AS d(id uuid, "seconds" float8,
      "cameraId" text, "frameNumber" bigint, frames integer, persons integer, "hairnetViolations" integer,
      "handwashEvents" integer, "sanitizeEvents" integer, confidence float8, fps float8, "processingTime" float8)
  ), fresh AS (
    INSERT INTO event_keys (id, ts) SELECT id, ts FROM incoming ON CONFLICT DO NOTHING RETURNING id
  ), stored AS (
    INSERT INTO detection_records (camera_id, ts, frame_number, frames, person_count, hairnet_violations,
      handwash_events, sanitize_events, confidence, fps, processing_time)
    SELECT "cameraId", ts, "frameNumber", frames, persons, "hairnetViolations", "handwashEvents", "sanitizeEvents",
           confidence, fps, "processingTime"
      FROM incoming JOIN fresh USING (id) ORDER BY ts
    RETURNING *
  ), summed AS (
    INSERT INTO statistics_hourly AS known
    SELECT ${SUMS_OF_REPORTS}
      FROM stored GROUP BY 1, 2
    ${ADD_TO_SUMS}
  )
  SELECT count(*)::integer AS stored FROM fresh`;
