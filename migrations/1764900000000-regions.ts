import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Regions1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE regions (
        id          text COLLATE "C" PRIMARY KEY,
        position    integer NOT NULL,
        region_type text,
        name        text,
        camera_id   text,
        is_active   boolean,
        polygon     jsonb,
        description text,
        rules       jsonb,
        stats       jsonb,
        extra       jsonb NOT NULL,
        created_at  timestamptz NOT NULL,
        updated_at  timestamptz NOT NULL
      );
      CREATE INDEX regions_position ON regions (position);
      COMMENT ON TABLE regions IS 'One row per entry of regions.json; NULL means "not written there, the default applies"; the row $meta is the meta of the file';

      CREATE TABLE region_config_revisions (LIKE camera_config_revisions INCLUDING ALL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE region_config_revisions; DROP TABLE regions;');
  }
}
