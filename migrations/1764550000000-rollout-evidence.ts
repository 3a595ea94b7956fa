import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RolloutEvidence1764550000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rollout_evidence_batches (
        instance uuid PRIMARY KEY,
        number   bigint NOT NULL,
        at       timestamptz NOT NULL
      );
      COMMENT ON TABLE rollout_evidence_batches IS 'The newest batch of evidence of each instance: one that is sent twice counts once';

      ALTER TABLE rollout_samples DROP COLUMN timed, DROP COLUMN slow20, DROP COLUMN slow50;

      ALTER TABLE rollout_control
        ADD COLUMN last_seq  bigint NOT NULL DEFAULT 0,
        ADD COLUMN last_hash text NOT NULL DEFAULT '';
      UPDATE rollout_control SET (last_seq, last_hash) =
        (SELECT e.seq, e.hash FROM rollout_events e ORDER BY e.seq DESC LIMIT 1)
       WHERE EXISTS (SELECT FROM rollout_events);
      COMMENT ON COLUMN rollout_control.last_hash IS 'Where the chain of rollout_events ends, so that a cut end is noticed';

      CREATE TABLE rollout_verifications (
        id           text PRIMARY KEY,
        group_name   text NOT NULL,
        violation_id bigint,
        events       bigint NOT NULL DEFAULT 0,
        expires_at   timestamptz NOT NULL
      );
      COMMENT ON TABLE rollout_verifications IS 'Verifications under way; what they made is removed at their end, or when they expire';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE rollout_evidence_batches, rollout_verifications;
      ALTER TABLE rollout_samples
        ADD COLUMN timed integer NOT NULL DEFAULT 0, ADD COLUMN slow20 integer NOT NULL DEFAULT 0,
        ADD COLUMN slow50 integer NOT NULL DEFAULT 0;
      ALTER TABLE rollout_control DROP COLUMN last_seq, DROP COLUMN last_hash;
    `);
  }
}
