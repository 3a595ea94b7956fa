import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dashboards are told of violations and alerts when they are written. */
const WAKES = [
  ['violation_events', 'violations'],
  ['alert_history', 'alerts'],
] as const;

export class Live1764920000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX violation_events_by_change ON violation_events (updated_at, id)');
    for (const [table, topic] of WAKES)
      await runner.query(
        `CREATE TRIGGER wake_${topic}_by_${table} AFTER INSERT OR UPDATE ON ${table}
           FOR EACH STATEMENT EXECUTE FUNCTION wake('${topic}')`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, topic] of WAKES) await runner.query(`DROP TRIGGER wake_${topic}_by_${table} ON ${table}`);
    await runner.query('DROP INDEX violation_events_by_change');
  }
}
