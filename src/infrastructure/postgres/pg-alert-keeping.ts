import type { Clock } from '../../application/shared/log';
import type { Database } from './database';

const DAY_MS = 86_400_000;

/** Keeps the tables of alerts from growing without end. What was told, and what could not be delivered, stays. */
export class PgAlertKeeping {
  constructor(
    private readonly database: Database,
    /** Days that events are kept: longer than that no dry run looks back. */
    private readonly retentionDays: number,
    private readonly clock: Clock,
  ) {}

  async tidy(): Promise<void> {
    const oldest = new Date(this.clock().getTime() - this.retentionDays * DAY_MS);
    // The newest of each camera says how it is now.
    await this.database.execute(
      `DELETE FROM alert_camera_changes old
        WHERE at < $1 AND EXISTS (SELECT FROM alert_camera_changes c WHERE c.camera_id = old.camera_id AND c.seq > old.seq)`,
      [oldest],
    );
    await this.database.execute(`DELETE FROM alert_deliveries WHERE status = 'delivered' AND created_at < $1`, [
      oldest,
    ]);
  }
}
