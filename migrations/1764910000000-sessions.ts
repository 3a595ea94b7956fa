import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Browsers that signed in with a token. They end with it, which the services see because they know both. */
export class Sessions1764910000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_sessions (
        hash       text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
        token_id   text NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX api_sessions_by_token ON api_sessions (token_id, created_at);
      COMMENT ON COLUMN api_sessions.hash IS 'SHA-256 of 256 random bits; the cookie itself is kept nowhere';
      CREATE TRIGGER wake_tokens_by_api_sessions AFTER INSERT OR DELETE ON api_sessions
        FOR EACH STATEMENT EXECUTE FUNCTION wake('tokens')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_sessions');
  }
}
