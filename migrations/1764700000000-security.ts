import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who sent what was refused is not known; and two tokens may have one name. */
export class Security1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_log ADD COLUMN token_id text, ALTER COLUMN role DROP NOT NULL');
    await runner.query(`
      CREATE INDEX audit_log_by_token ON audit_log (token_id, id) WHERE token_id IS NOT NULL;
      COMMENT ON COLUMN audit_log.role IS 'Null for a request that nobody was let in for'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM audit_log WHERE role IS NULL');
    await runner.query('ALTER TABLE audit_log DROP COLUMN token_id, ALTER COLUMN role SET NOT NULL');
  }
}
