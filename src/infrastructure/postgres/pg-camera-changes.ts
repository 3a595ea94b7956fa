import type { CameraChangeStore, NotedChange } from '../../application/alerts/camera-watch';
import type { CameraCondition } from '../../domain/alerts/alert-input';
import type { Database } from './database';

const WATCHED = 'UPDATE alert_camera_watch SET watched_until = to_timestamp($1)';

/** When cameras failed and came back, in PostgreSQL. */
export class PgCameraChanges implements CameraChangeStore {
  constructor(private readonly database: Database) {}

  async known() {
    const rows = await this.database.query<{ camera_id: string; condition: CameraCondition; at: Date }>(
      'SELECT DISTINCT ON (camera_id) camera_id, condition, at FROM alert_camera_changes ORDER BY camera_id, seq DESC',
      [],
    );
    const sql = 'SELECT watched_until FROM alert_camera_watch';
    const [watch] = await this.database.query<{ watched_until: Date }>(sql, []);
    return {
      cameras: new Map(rows.map(({ camera_id, condition, at }) => [camera_id, { condition, since: at.getTime() }])),
      until: watch?.watched_until.getTime() ?? 0,
    };
  }

  async note(changes: readonly NotedChange[], until: number): Promise<void> {
    if (changes.length === 0) return void (await this.database.execute(WATCHED, [until / 1_000]));
    await this.database.transaction(async (sql) => {
      await sql.query(
        `INSERT INTO alert_camera_changes (camera_id, at, condition)
         SELECT camera_id, to_timestamp(at), condition FROM unnest($1::text[], $2::float8[], $3::text[]) AS c (camera_id, at, condition)`,
        [changes.map((c) => c.cameraId), changes.map((c) => c.at / 1_000), changes.map((c) => c.condition)],
      );
      await sql.query(WATCHED, [until / 1_000]);
    });
  }
}
