import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A revision is stored as what it changed of the text before it, with a full text now and then. */
export class RevisionDeltas1764950000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['camera_config_revisions', 'region_config_revisions'])
      await runner.query(`
        ALTER TABLE ${table} ALTER COLUMN text DROP NOT NULL, ADD COLUMN delta jsonb,
          ADD CONSTRAINT ${table}_text_or_delta CHECK (num_nonnulls(text, delta) = 1);
        COMMENT ON COLUMN ${table}.delta IS
          'Where there is no text: that of the number before, each stretch [from, to, text] replaced by its text, last ones first; places in UTF-16 units';
      `);
    await runner.query(`
      ALTER TABLE site_services ADD COLUMN reads_deltas boolean NOT NULL DEFAULT false;
      COMMENT ON COLUMN site_services.reads_deltas IS 'False for a service of an older version: while one is there, every revision gets its text';
    `);
  }

  /** Refused by the database while a revision is stored as a delta. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['camera_config_revisions', 'region_config_revisions'])
      await runner.query(`ALTER TABLE ${table} ALTER COLUMN text SET NOT NULL, DROP COLUMN delta`);
    await runner.query('ALTER TABLE site_services DROP COLUMN reads_deltas');
  }
}
