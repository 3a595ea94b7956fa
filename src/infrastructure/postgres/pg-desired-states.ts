import type { Desired, DesiredStates } from '../../domain/camera-control/process-rules';
import type { Database } from './database';

/** Desired states in PostgreSQL. */
export class PgDesiredStates implements DesiredStates {
  constructor(private readonly database: Database) {}

  async all(): Promise<ReadonlyMap<string, Desired>> {
    const sql = 'SELECT camera_id, desired FROM camera_desired_states';
    const rows = await this.database.query<{ camera_id: string; desired: Desired }>(sql, []);
    return new Map(rows.map(({ camera_id, desired }) => [camera_id, desired]));
  }

  async set(cameraId: string, desired: Desired): Promise<void> {
    await this.database.execute(
      `INSERT INTO camera_desired_states (camera_id, desired) VALUES ($1, $2)
       ON CONFLICT (camera_id) DO UPDATE SET desired = excluded.desired, changed_at = now()`,
      [cameraId, desired],
    );
  }
}
