import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Metrics1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE metric_minutes (
        instance text NOT NULL,
        minute   integer NOT NULL,
        payload  jsonb NOT NULL,
        PRIMARY KEY (instance, minute)
      );
      CREATE INDEX metric_minutes_by_minute ON metric_minutes (minute);
      COMMENT ON COLUMN metric_minutes.minute IS 'Minutes since 1970';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE metric_minutes');
  }
}
