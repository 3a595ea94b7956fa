import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From here on the ids of violations are those of verifications of the rollout, which no number counts. */
const OF_THE_SITE = `id < ${2 ** 52}`;

const change = (rows: string, by: 1 | -1): string =>
  `SELECT timestamp, camera_id, violation_type, status, ${by} AS n FROM ${rows} WHERE ${OF_THE_SITE}`;

/** Of each camera, and, under an empty id, of all of them: numbers of the whole site need not add up every camera's. */
const summed = (from: string, n: string): string => `
    SELECT grain, date_trunc(grain, timestamp, 'UTC') AS bucket, coalesce(camera_id, ''), violation_type, status, sum(${n})
      FROM ${from} CROSS JOIN (VALUES ('hour'), ('day')) AS grains (grain)
     GROUP BY GROUPING SETS ((1, 2, camera_id, 4, 5), (1, 2, 4, 5))`;

/** One statement for all rows of a change, in one order, so that two of them cannot wait for each other in a circle. */
const tallying = (name: string, rows: string): string => `
  CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO violation_tallies AS known (grain, bucket, camera_id, violation_type, status, violations)
    ${summed(`(${rows}) AS changed`, 'n')} HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (grain, bucket, camera_id, violation_type, status)
      DO UPDATE SET violations = known.violations + excluded.violations;
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  ['insert', 'INSERT', 'REFERENCING NEW TABLE AS new_rows', change('new_rows', 1)],
  [
    'update',
    'UPDATE',
    'REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows',
    `${change('new_rows', 1)} UNION ALL ${change('old_rows', -1)}`,
  ],
  ['delete', 'DELETE', 'REFERENCING OLD TABLE AS old_rows', change('old_rows', -1)],
] as const;

/** What the review of violations needs: numbers whose cost does not grow with what they count, order, and claims. */
export class ViolationQueue1764930000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE violation_tallies (
        grain          text NOT NULL CHECK (grain IN ('hour', 'day')),
        bucket         timestamptz NOT NULL,
        camera_id      text NOT NULL,
        violation_type text NOT NULL,
        status         text NOT NULL,
        violations     bigint NOT NULL,
        PRIMARY KEY (grain, bucket, camera_id, violation_type, status)
      );
      COMMENT ON TABLE violation_tallies IS 'Violations by hour and by day (UTC), of each camera and, under an empty id, of all; kept by the triggers of violation_events';

      CREATE TABLE violation_claims (
        violation_id bigint PRIMARY KEY REFERENCES violation_events (id) ON DELETE CASCADE,
        claimed_by   text NOT NULL,
        expires_at   timestamptz NOT NULL
      );
      COMMENT ON TABLE violation_claims IS 'Who looks at a violation right now; only told, never enforced';
      CREATE TRIGGER wake_violations_by_violation_claims AFTER INSERT OR UPDATE OR DELETE ON violation_claims
        FOR EACH STATEMENT EXECUTE FUNCTION wake('violations');

      CREATE INDEX violation_events_pending ON violation_events (timestamp, id) WHERE status = 'pending';
      CREATE INDEX violation_events_by_type ON violation_events (violation_type, timestamp, id)`);
    for (const [name, event, tables, rows] of TRIGGERS) {
      await runner.query(tallying(`tally_violations_${name}`, rows));
      await runner.query(
        `CREATE TRIGGER tally_violations_${name} AFTER ${event} ON violation_events ${tables}
           FOR EACH STATEMENT EXECUTE FUNCTION tally_violations_${name}()`,
      );
    }
    await runner.query(`
      INSERT INTO violation_tallies (grain, bucket, camera_id, violation_type, status, violations)
      ${summed(`(SELECT * FROM violation_events WHERE ${OF_THE_SITE}) AS stored`, '1')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of TRIGGERS) {
      await runner.query(`DROP TRIGGER tally_violations_${name} ON violation_events`);
      await runner.query(`DROP FUNCTION tally_violations_${name}()`);
    }
    await runner.query('DROP INDEX violation_events_pending, violation_events_by_type');
    await runner.query('DROP TABLE violation_claims, violation_tallies');
  }
}
