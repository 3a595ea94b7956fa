import type { VerificationView } from '../../application/rollout/group-overview';
import type { VerificationStore } from '../../application/rollout/verifications';
import { FIRST_VERIFICATION_VIOLATION, eventCameraOf } from '../../domain/shared/verification';
import type { Database } from './database';

interface Row {
  readonly id: string;
  readonly group_name: string;
  readonly violation_id: number | null;
  readonly events: number;
  readonly expires_at: Date;
}

/** Longer than a call may take whose caller has left. */
const UNDER_WAY_SECONDS = 15;
const COLUMNS = 'id, group_name, violation_id::float8 AS violation_id, events::float8 AS events, expires_at';

/** Verifications of the rollout in PostgreSQL. */
export class PgVerifications implements VerificationStore {
  constructor(private readonly database: Database) {}

  begin(id: string, group: string, options: { leaseSeconds: number; violation: boolean }): Promise<VerificationView> {
    return this.database.transaction(async (sql) => {
      const violations = options.violation
        ? await sql.query<{ id: string }>(MAKE_VIOLATION, [FIRST_VERIFICATION_VIOLATION, eventCameraOf(id)])
        : [];
      const [row] = await sql.query<Row>(
        `INSERT INTO rollout_verifications (id, group_name, violation_id, expires_at)
         VALUES ($1, $2, $3, now() + make_interval(secs => $4)) RETURNING ${COLUMNS}`,
        [id, group, violations[0]?.id ?? null, options.leaseSeconds],
      );
      if (!row) throw new Error('a verification that was inserted has no row');
      return view(row);
    });
  }

  async find(id: string): Promise<VerificationView | undefined> {
    const sql = `SELECT ${COLUMNS} FROM rollout_verifications WHERE id = $1`;
    return (await this.database.query<Row>(sql, [id])).map(view)[0];
  }

  clear(id: string): Promise<void> {
    return this.database.transaction(async (sql) => {
      await sql.query('DELETE FROM alert_rules WHERE created_by = $1', [id]);
      await sql.query('DELETE FROM camera_desired_states WHERE camera_id = $1', [id]);
      const own = 'SELECT violation_id FROM rollout_verifications WHERE id = $1';
      await sql.query(`DELETE FROM violation_changes WHERE violation_id = (${own})`, [id]);
      await sql.query(`DELETE FROM violation_events WHERE id = (${own})`, [id]);
    });
  }

  async expire(id: string): Promise<void> {
    const sql = 'UPDATE rollout_verifications SET expires_at = least(expires_at, now()) WHERE id = $1';
    await this.database.execute(sql, [id]);
  }

  async forget(id: string): Promise<void> {
    await this.database.execute(
      `DELETE FROM rollout_verifications WHERE id = $1 AND expires_at < now() - interval '${UNDER_WAY_SECONDS} seconds'`,
      [id],
    );
  }

  async expired(): Promise<readonly string[]> {
    const sql = 'SELECT id FROM rollout_verifications WHERE expires_at < now() ORDER BY expires_at LIMIT 100';
    return (await this.database.query<{ id: string }>(sql, [])).map(({ id }) => id);
  }
}

/** In a range of ids that no violation of the site reaches. */
const MAKE_VIOLATION = `
  INSERT INTO violation_events (id, camera_id, timestamp, violation_type)
  VALUES ($1::bigint + floor(random() * 1e15)::bigint, $2, now(), 'verification') RETURNING id`;

const view = ({ id, group_name: group, violation_id, events, expires_at }: Row): VerificationView => ({
  id,
  group,
  event_camera_id: eventCameraOf(id),
  violation_id,
  events,
  expires_at: expires_at.toISOString(),
});
