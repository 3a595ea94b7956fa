import { randomUUID } from 'node:crypto';
import type { AlertView } from '../../src/application/alerts/alert-views';
import { CameraWatch, type ProcessCondition } from '../../src/application/alerts/camera-watch';
import type { JsonObject } from '../../src/domain/shared/json';
import { PgCameraChanges } from '../../src/infrastructure/postgres/pg-revisions';
import { type TestSite, testSite } from './test-site';

export interface SeenEvent {
  /** Seconds after the beginning. */
  readonly at: number;
  readonly camera?: string;
  readonly type?: string;
  readonly track?: number;
}

/** A site whose time is told, whose cameras are as said, and that can be lost at any moment and begun again. */
export class AlertSite {
  readonly cameras = new Map<string, ProcessCondition>();
  private site!: TestSite;
  private watch!: CameraWatch;
  private seconds = 0;

  private constructor(
    private readonly databaseUrl: string,
    private readonly start: number,
  ) {}

  static async on(databaseUrl: string, start = Date.UTC(2026, 0, 5, 12)): Promise<AlertSite> {
    const site = new AlertSite(databaseUrl, start);
    await site.begin();
    await site.sql('DELETE FROM alert_rules');
    return site;
  }

  get modules() {
    return this.site.modules;
  }

  get log() {
    return this.site.log;
  }

  /** Nothing is finished: whatever was in memory only is gone. */
  async crash(): Promise<void> {
    await this.site.close();
    await this.begin();
  }

  close(): Promise<void> {
    return this.site.close();
  }

  async rule(rule_type: string, conditions: JsonObject, more: JsonObject = {}): Promise<number> {
    const channels = { notification_channels: ['log'] };
    const { id } = await this.alerts.create({ name: 'rule', rule_type, conditions, ...channels, ...more });
    return id;
  }

  get alerts() {
    return this.site.modules.alerts.domain;
  }

  /** Stores events as the intake does, in this order. */
  async saw(...events: readonly SeenEvent[]): Promise<void> {
    const at = (seconds: number) => new Date(this.start + seconds * 1_000);
    const times = events.map((e) => at(e.at));
    await this.sql('SELECT make_week_partitions($1, $2)', [at(-2_000_000), at(2_000_000)]);
    await this.sql(
      `INSERT INTO events (id, ts, camera_id, type, track_id)
       SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[])`,
      [
        events.map(() => randomUUID()),
        times,
        events.map((e) => e.camera ?? 'cam'),
        events.map((e) => e.type ?? 'NO_HAIRNET_AT_SINK'),
        events.map((e) => e.track ?? null),
      ],
    );
  }

  camera(id: string, is: ProcessCondition['is'], since = this.seconds): void {
    this.cameras.set(id, { is, since: new Date(this.start + since * 1_000) });
  }

  /** It is so late now, and everything looks. */
  async at(seconds: number): Promise<void> {
    this.seconds = seconds;
    await this.watch.look();
    await this.modules.alerts.follower.refresh();
    await this.modules.alerts.evaluator.run();
  }

  /** What was told, oldest first, e.g. `cam alert@20`. */
  async told(): Promise<string[]> {
    const { items } = await this.alerts.history({ limit: 1_000, offset: 0 });
    return [...items].reverse().map((alert) => this.shown(alert));
  }

  shown({ camera_id, details, timestamp }: Pick<AlertView, 'camera_id' | 'details' | 'timestamp'>): string {
    const { kind, suppressed } = details;
    const seconds = (new Date(timestamp).getTime() - this.start) / 1_000;
    return `${camera_id} ${String(kind)}${suppressed === undefined ? '' : `(${Number(suppressed)})`}@${seconds}`;
  }

  sql<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.modules.platform.database.query<Row>(sql, values);
  }

  private async begin(): Promise<void> {
    const clock = () => new Date(this.start + this.seconds * 1_000);
    this.site = await testSite({ databaseUrl: this.databaseUrl, clock });
    const states = { current: async () => this.cameras };
    this.watch = new CameraWatch(states, new PgCameraChanges(this.modules.platform.database), clock);
    await this.modules.alerts.follower.refresh();
    await this.modules.alerts.evaluator.take();
  }
}
