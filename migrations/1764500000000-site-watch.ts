import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SiteWatch1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE alert_site_watch (
        one     boolean PRIMARY KEY DEFAULT true CHECK (one),
        version bigint NOT NULL,
        parts   jsonb NOT NULL,
        rollout jsonb NOT NULL
      );
      INSERT INTO alert_site_watch
      SELECT true, 0, '{"parts": {}, "awayUntil": 0}',
             jsonb_build_object('seq', (SELECT coalesce(max(seq), 0) FROM rollout_events), 'told', '{}'::jsonb);
      COMMENT ON TABLE alert_site_watch IS 'What people were told of the site; its version keeps two watchers from telling it twice';

      CREATE TABLE alert_site_sights (
        instance  text PRIMARY KEY,
        service   text NOT NULL,
        looked_at timestamptz NOT NULL,
        parts     jsonb NOT NULL,
        away      jsonb
      );
      COMMENT ON COLUMN alert_site_sights.away IS 'The last time that the service was without the database';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE alert_site_watch, alert_site_sights');
  }
}
