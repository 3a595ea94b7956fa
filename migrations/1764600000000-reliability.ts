import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Reliability1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE site_services (
        id           uuid PRIMARY KEY,
        name         text NOT NULL,
        host         text NOT NULL,
        pid          integer NOT NULL,
        started      text NOT NULL,
        place        text NOT NULL,
        file         text NOT NULL,
        file_path    text NOT NULL,
        heartbeat_at timestamptz NOT NULL
      ) WITH (fillfactor = 50);
      COMMENT ON TABLE site_services IS 'The services that run on this database: each says once a second that it is there';
      COMMENT ON COLUMN site_services.host IS 'Names the machine, and the namespace in which pid is a process';
      COMMENT ON COLUMN site_services.place IS 'The data folder: services with the same one take over each other''s workers';
      COMMENT ON COLUMN site_services.file IS 'Which cameras file it keeps, whatever is in it: two of one site would undo each other';

      CREATE TABLE site_leases (
        name       text PRIMARY KEY,
        holder     uuid,
        epoch      bigint NOT NULL,
        renewed_at timestamptz NOT NULL
      ) WITH (fillfactor = 50);
      COMMENT ON TABLE site_leases IS 'What only one service of a site does; no holder: it was given back';

      CREATE TABLE retention_clock (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        at  timestamptz NOT NULL
      );
      INSERT INTO retention_clock VALUES (true, now());
      COMMENT ON TABLE retention_clock IS 'What is deleted for its age is measured by this; it follows the clock a day per run at most';

      ALTER TABLE journal_files ADD COLUMN tail text;
      COMMENT ON COLUMN journal_files.tail IS 'SHA-256 of the kilobyte before position: a file that was written anew is another one';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE site_services, site_leases, retention_clock');
    await runner.query('ALTER TABLE journal_files DROP COLUMN tail');
  }
}
