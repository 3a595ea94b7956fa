import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a loop waits for, and the topic that wakes it: one notification for each statement, however many rows it writes;
 * those of one transaction with the same topic are one. Triggers, so that rows that somebody writes by hand wake as well.
 */
const WAKES = [
  ['events', 'INSERT', 'events'],
  ['alert_camera_changes', 'INSERT', 'camera_changes'],
  ['alert_rules', 'INSERT OR UPDATE OR DELETE', 'alert_rules'],
  ['alert_deliveries', 'INSERT', 'deliveries'],
  ['camera_control_requests', 'INSERT', 'control_requests'],
  ['camera_control_requests', 'UPDATE OF answer', 'control_answers'],
  ['cameras', 'INSERT OR UPDATE OR DELETE', 'cameras'],
  ['camera_config_revisions', 'INSERT', 'cameras'],
  ['camera_desired_states', 'INSERT OR UPDATE OR DELETE', 'cameras'],
  ['alert_site_sights', 'INSERT OR UPDATE', 'sights'],
  ['api_tokens', 'INSERT OR DELETE OR UPDATE OF hash, role, expires_at, revoked_at', 'tokens'],
] as const;

const nameOf = (topic: string, table: string): string => `wake_${topic}_by_${table}`;

/** Loops wait for a notification instead of reading their table again and again. */
export class Wake1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION wake() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('watchgate_wake', TG_ARGV[0]);
        RETURN NULL;
      END $$`);
    for (const [table, when, topic] of WAKES)
      await runner.query(
        `CREATE TRIGGER ${nameOf(topic, table)} AFTER ${when} ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION wake('${topic}')`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, , topic] of WAKES) await runner.query(`DROP TRIGGER ${nameOf(topic, table)} ON ${table}`);
    await runner.query('DROP FUNCTION wake()');
  }
}
