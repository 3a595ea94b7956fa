import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Import1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE imported_rows (
        source   text NOT NULL,
        kind     text NOT NULL,
        old_id   bigint NOT NULL,
        new_id   bigint,
        at       timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (source, kind, old_id)
      );
      COMMENT ON TABLE imported_rows IS 'Rows of an old installation that were taken over, so that taking them again changes nothing';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE imported_rows');
  }
}
