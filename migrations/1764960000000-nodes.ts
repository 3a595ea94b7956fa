import type { MigrationInterface, QueryRunner } from 'typeorm';

const WAKES = [
  ['nodes', 'INSERT OR DELETE OR UPDATE OF ended, draining, alone', 'nodes'],
  ['camera_placements', 'INSERT OR DELETE OR UPDATE OF wish, node', 'placements'],
] as const;

/** The services of a site as nodes, and which of them holds which camera (ADR 25). */
export class Nodes1764960000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE nodes (
        id        text PRIMARY KEY,
        name      text NOT NULL,
        place     text NOT NULL,
        version   text NOT NULL,
        capacity  integer NOT NULL CHECK (capacity >= 0),
        labels    text[] NOT NULL,
        draining  boolean NOT NULL DEFAULT false,
        alone     boolean NOT NULL,
        joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        seen_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended     text CHECK (ended IN ('left', 'lost'))
      ) WITH (fillfactor = 50);
      COMMENT ON TABLE nodes IS 'One row per data folder that a service works in; seen_at is the lease of all its cameras';
      COMMENT ON COLUMN nodes.alone IS 'It holds every camera, without rows in camera_placements, for there is no other node';

      CREATE TABLE placement_clock (
        one        boolean PRIMARY KEY DEFAULT true CHECK (one),
        looked_at  timestamptz NOT NULL,
        calm_since timestamptz NOT NULL,
        settled    text NOT NULL DEFAULT ''
      );
      COMMENT ON COLUMN placement_clock.settled IS 'For which nodes and cameras every camera was found where it should be';
      COMMENT ON TABLE placement_clock IS
        'When the nodes were looked at last, and since when they were all the time: no node is lost because the database was away';
      INSERT INTO placement_clock (one, looked_at, calm_since) VALUES (true, clock_timestamp(), clock_timestamp());

      CREATE TABLE camera_placements (
        camera_id text COLLATE "C" PRIMARY KEY,
        wish      text,
        node      text,
        token     uuid,
        since     timestamptz,
        CHECK ((node IS NULL) = (token IS NULL))
      );
      CREATE INDEX camera_placements_node ON camera_placements (node);
      COMMENT ON COLUMN camera_placements.wish IS 'The node that should have the camera; it claims it when no node has it';
      COMMENT ON COLUMN camera_placements.token IS 'Of this time that the node has it; random, so that a failover that forgets it gives none twice';

      CREATE TABLE camera_holdings (
        token      uuid PRIMARY KEY,
        camera_id  text NOT NULL,
        node       text NOT NULL,
        held_from  timestamptz NOT NULL,
        held_until timestamptz,
        lost       boolean NOT NULL DEFAULT false
      );
      CREATE INDEX camera_holdings_lost ON camera_holdings (node) WHERE lost;
      CREATE INDEX camera_holdings_node ON camera_holdings (node, camera_id);
      COMMENT ON TABLE camera_holdings IS
        'Which node had which camera when; what a node that lost it recorded later is not taken in';

      CREATE TABLE config_files (
        copy     text NOT NULL,
        noun     text NOT NULL CHECK (noun IN ('camera', 'region')),
        node     text NOT NULL,
        path     text NOT NULL,
        revision integer NOT NULL,
        seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (copy, noun)
      );
      COMMENT ON TABLE config_files IS 'Which revision each copy of a configuration file was last seen to hold: what an edit of it started from';

      ALTER TABLE camera_control_requests ADD COLUMN node text;
      COMMENT ON COLUMN camera_control_requests.node IS 'Who is asked; NULL: whoever controls all cameras';
    `);
    for (const [table, when, topic] of WAKES)
      await runner.query(
        `CREATE TRIGGER wake_${topic}_by_${table} AFTER ${when} ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION wake('${topic}')`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE camera_control_requests DROP COLUMN node');
    await runner.query('DROP TABLE config_files, camera_holdings, camera_placements, placement_clock, nodes');
  }
}
