import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Cameras1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cameras (
        id           text COLLATE "C" PRIMARY KEY,
        position     integer NOT NULL,
        name         text NOT NULL,
        source       text NOT NULL,
        active       boolean,
        auto_start   boolean,
        location     text,
        status       text,
        camera_type  text,
        resolution   text,
        fps          integer,
        region_id    text,
        regions_file text,
        profile      text,
        device       text,
        imgsz        jsonb,
        auto_tune    boolean,
        env          jsonb,
        metadata     jsonb,
        extra        jsonb NOT NULL,
        created_at   timestamptz NOT NULL,
        updated_at   timestamptz NOT NULL
      );
      CREATE INDEX cameras_position ON cameras (position);
      COMMENT ON TABLE cameras IS 'One row per entry of cameras.yaml; NULL means "not written there, the default applies"';

      CREATE TABLE camera_config_revisions (
        number     integer PRIMARY KEY CHECK (number > 0),
        token      uuid NOT NULL UNIQUE,
        sha256     text NOT NULL,
        origin     text NOT NULL CHECK (origin IN ('api', 'file', 'legacy', 'restore', 'import')),
        author     text,
        request_id text,
        at         timestamptz NOT NULL,
        changes    jsonb NOT NULL,
        in_file    boolean NOT NULL,
        text       text NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE camera_config_revisions; DROP TABLE cameras;');
  }
}
