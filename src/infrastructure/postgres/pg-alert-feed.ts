import type {
  AlertFeed,
  ConditionChange,
  FedEvent,
  FeedEnds,
  StoredSpan,
} from '../../application/alerts/alert-evaluator';
import type { CameraCondition } from '../../domain/alerts/alert-input';
import { type ViolationTypes, violationTypeOf } from '../../domain/shared/event';
import type { Readable } from './queryable';

interface EventRow {
  readonly seq: string;
  readonly at: number;
  readonly camera_id: string;
  readonly type: string;
  readonly track_id: string | null;
  readonly label: string | null;
}

const EVENT = `
  SELECT seq, (extract(epoch FROM ts) * 1000)::float8 AS at, camera_id, type, track_id, evidence ->> 'label' AS label
  FROM events`;
const CHANGE =
  'SELECT seq, (extract(epoch FROM at) * 1000)::float8 AS at, camera_id, condition FROM alert_camera_changes';

const ENDS = `
  SELECT (SELECT coalesce(max(seq), 0) FROM events) AS events,
         (SELECT coalesce(max(seq), 0) FROM alert_camera_changes) AS changes,
         (SELECT (extract(epoch FROM watched_until) * 1000)::float8 FROM alert_camera_watch) AS until`;

/** The events of the site, and the changes of its cameras, in PostgreSQL. */
export class PgAlertFeed implements AlertFeed {
  constructor(
    private readonly sql: Readable,
    private readonly violationTypes: ViolationTypes,
  ) {}

  async events(after: number, limit: number): Promise<FedEvent[]> {
    const rows = await this.sql.query<EventRow>(`${EVENT} WHERE seq > $1 ORDER BY seq LIMIT $2`, [after, limit]);
    return rows.map(this.fed);
  }

  async stored({ after, from, to, cameraId }: StoredSpan, limit: number): Promise<FedEvent[]> {
    const rows = await this.sql.query<EventRow>(
      `${EVENT} WHERE seq > $1 AND ts >= to_timestamp($2) AND ts <= to_timestamp($3) AND ($4::text IS NULL OR camera_id = $4)
        ORDER BY seq LIMIT $5`,
      [after, from / 1_000, to / 1_000, cameraId ?? null, limit],
    );
    return rows.map(this.fed);
  }

  async cameraChanges(after: number, limit: number): Promise<ConditionChange[]> {
    return (await this.sql.query<ChangeRow>(`${CHANGE} WHERE seq > $1 ORDER BY seq LIMIT $2`, [after, limit])).map(
      changed,
    );
  }

  async storedCameraChanges(to: number): Promise<ConditionChange[]> {
    const sql = `${CHANGE} WHERE at <= to_timestamp($1) ORDER BY seq`;
    return (await this.sql.query<ChangeRow>(sql, [to / 1_000])).map(changed);
  }

  async ends(): Promise<FeedEnds> {
    const [row] = await this.sql.query<{ events: string; changes: string; until: number | null }>(ENDS, []);
    return {
      events: Number(row?.events ?? 0),
      cameraChanges: Number(row?.changes ?? 0),
      watchedUntil: row?.until ?? 0,
    };
  }

  private readonly fed = ({ seq, at, camera_id, type, track_id, label }: EventRow): FedEvent => ({
    seq: Number(seq),
    at: Math.round(at),
    event: {
      cameraId: camera_id,
      type,
      trackId: track_id === null ? null : Number(track_id),
      violation: violationTypeOf(type, this.violationTypes),
      label: label ?? undefined,
    },
  });
}

interface ChangeRow {
  readonly seq: string;
  readonly at: number;
  readonly camera_id: string;
  readonly condition: CameraCondition;
}

const changed = ({ seq, at, camera_id, condition }: ChangeRow): ConditionChange => ({
  seq: Number(seq),
  at: Math.round(at),
  cameraId: camera_id,
  condition,
});
