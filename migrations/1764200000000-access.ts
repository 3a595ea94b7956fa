import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Access1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_tokens (
        id           text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
        name         text NOT NULL,
        role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
        hash         text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
        created_at   timestamptz NOT NULL,
        expires_at   timestamptz,
        revoked_at   timestamptz,
        last_used_at timestamptz
      );
      COMMENT ON COLUMN api_tokens.hash IS 'SHA-256 of 256 random bits; the token itself is kept nowhere';

      CREATE TABLE audit_log (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at         timestamptz NOT NULL,
        actor      text,
        role       text NOT NULL,
        operation  text NOT NULL,
        status     integer NOT NULL,
        request_id text NOT NULL,
        address    text NOT NULL,
        input      jsonb,
        changed    jsonb
      );
      CREATE INDEX audit_log_by_time ON audit_log (at);
      CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
      CREATE INDEX audit_log_by_operation ON audit_log (operation, id);
      COMMENT ON COLUMN audit_log.changed IS 'Where the change is kept with its before and after, e.g. the number of a revision';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_log, api_tokens');
  }
}
