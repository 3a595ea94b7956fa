import type { SiteWatchStore, WatchStep, Watched } from '../../application/alerts/site-watch';
import type { Log } from '../../application/shared/log';
import type { InstanceHealth } from '../../domain/alerts/component-health';
import { type SiteNotice, WHOLE_SITE } from '../../domain/shared/site-notice';
import type { Database } from './database';
import { recordAlerts } from './pg-evaluation-store';

/** The component health of a service without a heartbeat for this long no longer counts: it ended, or is cut off. */
const FRESH_SECONDS = 30;

/**
 * The site watch in PostgreSQL: one row that all services share, and a row for the component health that each of them
 * publishes.
 */
export class PgSiteWatch<Rollout> implements SiteWatchStore<Rollout> {
  constructor(
    private readonly database: Database,
    private readonly instance: string,
    private readonly log: Log,
  ) {}

  async load(): Promise<{ version: number; watched: Watched<Rollout> }> {
    const [row] = await this.database.query<Watched<Rollout> & { version: string }>(
      'SELECT version, parts, rollout FROM alert_site_watch',
      [],
    );
    if (!row) throw new Error('the row of alert_site_watch is missing: restore it from a backup');
    const { version, parts, rollout } = row;
    return { version: Number(version), watched: { parts, rollout } };
  }

  instances(): Promise<InstanceHealth[]> {
    return this.database.query<InstanceHealth>(
      `SELECT service, parts, away FROM alert_site_sights
        WHERE looked_at > now() - interval '${FRESH_SECONDS} seconds' ORDER BY service, instance`,
      [],
    );
  }

  async publish({ service, parts, away }: InstanceHealth): Promise<void> {
    await this.database.execute(PUBLISH, [this.instance, service, JSON.stringify(parts), away && JSON.stringify(away)]);
  }

  commit({ version, to, notices, by }: WatchStep<Rollout>): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const moved = await sql.query(
        'UPDATE alert_site_watch SET version = $1 + 1, parts = $2, rollout = $3 WHERE version = $1 RETURNING version',
        [version, JSON.stringify(to.parts), JSON.stringify(to.rollout)],
      );
      if (moved.length === 0) return false;
      if (notices.length > 0)
        await recordAlerts(
          sql,
          notices.map((notice) => ({ ...row(notice), notices: by })),
          this.log,
        );
      return true;
    });
  }
}

const row = ({ kind, priority, details, ...notice }: SiteNotice) => ({
  ...notice,
  ruleId: null,
  cameraId: WHOLE_SITE,
  details: { kind, priority, ...details },
});

const PUBLISH = `
  WITH forgotten AS (DELETE FROM alert_site_sights WHERE looked_at < now() - interval '1 day')
  INSERT INTO alert_site_sights (instance, service, looked_at, parts, away) VALUES ($1, $2, now(), $3, $4)
  ON CONFLICT (instance) DO UPDATE SET looked_at = now(), parts = excluded.parts, away = excluded.away`;
