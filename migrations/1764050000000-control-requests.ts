import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ControlRequests1764050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Unlogged: after a crash of the server nobody waits for an answer any more.
    await runner.query(`
      CREATE UNLOGGED TABLE camera_control_requests (
        id       uuid PRIMARY KEY,
        path     text NOT NULL CHECK (path IN ('domain', 'legacy')),
        method   text NOT NULL,
        input    jsonb NOT NULL,
        asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        taken_at timestamptz,
        answer   jsonb
      );
      COMMENT ON TABLE camera_control_requests IS
        'What a service asks the one that controls the cameras; each row lives until its answer is read, a minute at most';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE camera_control_requests');
  }
}
