import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Rollout1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rollout_control (
        id          integer PRIMARY KEY CHECK (id = 1),
        revision    bigint NOT NULL,
        killed      boolean NOT NULL,
        plan_sha256 text NOT NULL,
        environment jsonb NOT NULL
      );
      INSERT INTO rollout_control VALUES (1, 0, false, '', '{}');
      COMMENT ON TABLE rollout_control IS 'One row: its lock serialises every transition, its revision is what instances confirm';

      CREATE TABLE rollout_groups (
        group_name text PRIMARY KEY,
        plan       jsonb NOT NULL,
        state      jsonb NOT NULL
      );

      CREATE TABLE rollout_events (
        seq        bigint PRIMARY KEY,
        group_name text NOT NULL,
        at         timestamptz(3) NOT NULL,
        actor      text,
        request_id text,
        revision   bigint NOT NULL,
        event      jsonb NOT NULL,
        evidence   jsonb,
        prev_hash  text NOT NULL,
        hash       text NOT NULL
      );
      CREATE INDEX rollout_events_group ON rollout_events (group_name, seq);

      CREATE TABLE rollout_samples (
        group_name text NOT NULL,
        entry      integer NOT NULL,
        operation  text NOT NULL,
        arm        text NOT NULL CHECK (arm IN ('domain', 'control')),
        instance   uuid NOT NULL,
        minute     timestamptz NOT NULL,
        n          integer NOT NULL,
        ok         integer NOT NULL,
        reject     integer NOT NULL,
        failure    integer NOT NULL,
        fallback   integer NOT NULL,
        timed      integer NOT NULL,
        slow20     integer NOT NULL,
        slow50     integer NOT NULL,
        drawn      integer NOT NULL,
        histogram  jsonb NOT NULL,
        PRIMARY KEY (group_name, entry, operation, arm, instance, minute)
      );

      CREATE TABLE rollout_comparisons (
        group_name text NOT NULL,
        entry      integer NOT NULL,
        operation  text NOT NULL,
        compared   bigint NOT NULL,
        noise      bigint NOT NULL,
        mismatched bigint NOT NULL,
        PRIMARY KEY (group_name, entry, operation)
      );

      CREATE TABLE rollout_mismatches (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        group_name text NOT NULL,
        entry      integer NOT NULL,
        operation  text NOT NULL,
        at         timestamptz NOT NULL,
        request_id text,
        served     text NOT NULL,
        pointers   jsonb NOT NULL
      );
      CREATE INDEX rollout_mismatches_group ON rollout_mismatches (group_name, id DESC);

      CREATE TABLE rollout_instances (
        id               uuid PRIMARY KEY,
        name             text NOT NULL,
        started_at       timestamptz NOT NULL,
        applied_revision bigint NOT NULL,
        applied_at       timestamptz NOT NULL,
        heartbeat_at     timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE rollout_instances, rollout_mismatches, rollout_comparisons, rollout_samples,
        rollout_events, rollout_groups, rollout_control;
    `);
  }
}
