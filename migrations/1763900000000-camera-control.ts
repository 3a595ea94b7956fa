import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CameraControl1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE camera_desired_states (
        camera_id  text PRIMARY KEY,
        desired    text NOT NULL CHECK (desired IN ('running', 'stopped')),
        changed_at timestamptz NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE camera_desired_states IS 'What people last asked of a camera''s process; no row: auto_start decides';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE camera_desired_states');
  }
}
