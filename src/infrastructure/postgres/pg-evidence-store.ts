import type {
  ComparisonCounts,
  EvidenceBatch,
  EvidenceStore,
  Mismatch,
  Sample,
  SampleMinute,
} from '../../application/rollout/evidence-store';
import type { Database } from './database';

export const COUNTS = ['n', 'ok', 'reject', 'failure', 'fallback', 'drawn'] as const;
/** Mismatches kept per group with their bodies; the counts are complete. */
const KEPT_MISMATCHES = 100;

type StageKey = { readonly group: string; readonly entry: number };

/** The evidence of all instances in PostgreSQL, summed there: one row per minute, arm and instance. */
export class PgEvidenceStore implements EvidenceStore {
  constructor(
    private readonly database: Database,
    private readonly instance: string,
  ) {}

  add({ number, samples, comparisons }: EvidenceBatch): Promise<void> {
    return this.database.transaction(async (sql) => {
      if ((await sql.query(CLAIM_BATCH, [this.instance, number])).length === 0) return;
      if (samples.length > 0) await sql.query(ADD_SAMPLES, [this.instance, JSON.stringify(samples)]);
      if (comparisons.length > 0) await sql.query(ADD_COMPARISONS, [JSON.stringify(comparisons)]);
    });
  }

  addMismatch({ group, entry, operation, at, requestId, served, pointers, input, answers }: Mismatch): Promise<void> {
    return this.database.transaction(async (sql) => {
      await sql.query(
        `INSERT INTO rollout_mismatches (group_name, entry, operation, at, request_id, served, pointers, input, answers)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          group,
          entry,
          operation,
          at,
          requestId,
          served,
          ...[pointers, input, answers].map((part) => JSON.stringify(part)),
        ],
      );
      await sql.query(
        `DELETE FROM rollout_mismatches WHERE group_name = $1 AND id <= (
           SELECT id FROM rollout_mismatches WHERE group_name = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
        [group, KEPT_MISMATCHES],
      );
    });
  }

  async samples({ group, entry }: StageKey): Promise<Sample[]> {
    return this.database.query<Sample>(SUM_SAMPLES, [group, entry]);
  }

  async minutes(group: string, since: Date): Promise<SampleMinute[]> {
    return this.database.query<SampleMinute>(SUM_MINUTES, [group, since]);
  }

  async comparisons({ group, entry }: StageKey): Promise<ComparisonCounts> {
    const [row] = await this.database.query<ComparisonCounts>(
      `SELECT coalesce(sum(compared), 0)::float8 AS compared, coalesce(sum(noise), 0)::float8 AS noise,
              coalesce(sum(mismatched), 0)::float8 AS mismatched
         FROM rollout_comparisons WHERE group_name = $1 AND entry = $2`,
      [group, entry],
    );
    return row ?? { compared: 0, noise: 0, mismatched: 0 };
  }

  async mismatches(group: string, limit: number): Promise<Mismatch[]> {
    return this.database.query<Mismatch>(
      `SELECT group_name AS "group", entry, operation, at, request_id AS "requestId", served, pointers, input,
              coalesce(answers, '{"domain": null, "legacy": null}') AS answers
         FROM rollout_mismatches WHERE group_name = $1 ORDER BY id DESC LIMIT $2`,
      [group, limit],
    );
  }
}

/**
 * Answers a row unless this batch, or a later one, is stored already. Also deletes rows of instances that ended long
 * ago.
 */
const CLAIM_BATCH = `
  WITH ended AS (DELETE FROM rollout_evidence_batches WHERE at < now() - interval '1 day' AND instance <> $1)
  INSERT INTO rollout_evidence_batches AS b (instance, number, at) VALUES ($1, $2, now())
  ON CONFLICT (instance) DO UPDATE SET number = excluded.number, at = excluded.at WHERE b.number < excluded.number
  RETURNING b.instance`;

/** Adds a sample to the one of the same key; the table is called `s`. */
export const ADD_TO_SAMPLE = `${COUNTS.map((c) => `${c} = s.${c} + excluded.${c}`).join(', ')},
    histogram = (SELECT coalesce(jsonb_object_agg(bucket, calls), '{}') FROM (
      SELECT key AS bucket, sum(value::int) AS calls
        FROM (SELECT * FROM jsonb_each_text(s.histogram) UNION ALL SELECT * FROM jsonb_each_text(excluded.histogram)) AS both_sides
       GROUP BY key) AS summed)`;

const ADD_SAMPLES = `
  INSERT INTO rollout_samples AS s (group_name, entry, operation, arm, instance, minute, ${COUNTS.join(', ')}, histogram)
  SELECT r."group", r.entry, r.operation, r.arm, $1, date_trunc('minute', now()), ${COUNTS.map((c) => `r.${c}`).join(', ')}, r.histogram
    FROM jsonb_to_recordset($2::jsonb) AS r ("group" text, entry int, operation text, arm text, ${COUNTS.map((c) => `${c} int`).join(', ')}, histogram jsonb)
  ON CONFLICT (group_name, entry, operation, arm, instance, minute) DO UPDATE SET
    ${ADD_TO_SAMPLE}`;

const ADD_COMPARISONS = `
  INSERT INTO rollout_comparisons AS c (group_name, entry, operation, compared, noise, mismatched)
  SELECT r."group", r.entry, r.operation, r.compared, r.noise, r.mismatched
    FROM jsonb_to_recordset($1::jsonb) AS r ("group" text, entry int, operation text, compared int, noise int, mismatched int)
  ON CONFLICT (group_name, entry, operation) DO UPDATE SET
    compared = c.compared + excluded.compared, noise = c.noise + excluded.noise, mismatched = c.mismatched + excluded.mismatched`;

const SUM_SAMPLES = `
  WITH stage AS (SELECT * FROM rollout_samples WHERE group_name = $1 AND entry = $2),
  buckets AS (
    SELECT operation, arm, jsonb_object_agg(bucket, calls) AS histogram FROM (
      SELECT operation, arm, key AS bucket, sum(value::int) AS calls
        FROM stage, jsonb_each_text(histogram) GROUP BY operation, arm, key) AS summed
     GROUP BY operation, arm)
  SELECT $1 AS "group", $2::int AS entry, operation, arm, ${COUNTS.map((c) => `sum(${c})::float8 AS ${c}`).join(', ')},
         coalesce((SELECT histogram FROM buckets b WHERE b.operation = stage.operation AND b.arm = stage.arm), '{}') AS histogram
    FROM stage GROUP BY operation, arm`;

const SUM_MINUTES = `
  WITH those AS (
    SELECT * FROM rollout_samples WHERE group_name = $1 AND minute >= $2
  ), counts AS (
    SELECT minute, arm, sum(n)::float8 AS n, sum(failure)::float8 AS failure, sum(fallback)::float8 AS fallback
      FROM those GROUP BY minute, arm
  ), histograms AS (
    SELECT minute, arm, jsonb_object_agg(bucket, calls) AS histogram FROM (
      SELECT minute, arm, key AS bucket, sum(value::int) AS calls
        FROM those, jsonb_each_text(histogram) GROUP BY minute, arm, key) AS summed
     GROUP BY minute, arm
  )
  SELECT minute AS at, arm, n, failure, fallback, coalesce(histogram, '{}') AS histogram
    FROM counts LEFT JOIN histograms USING (minute, arm) ORDER BY minute, arm`;
