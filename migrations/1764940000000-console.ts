import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a difference of the two paths looked like, for people who compare the answers side by side. */
export class Console1764940000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollout_mismatches ADD COLUMN input jsonb, ADD COLUMN answers jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollout_mismatches DROP COLUMN input, DROP COLUMN answers');
  }
}
