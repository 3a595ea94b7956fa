import type { AuditStore } from '../../src/application/access/audit-trail';
import type { SessionStore } from '../../src/application/access/authenticator';
import type { TokenStore } from '../../src/application/access/token-service';
import type { AlertFeed, EvaluationStore } from '../../src/application/alerts/alert-evaluator';
import type { DeliveryArchive } from '../../src/application/alerts/alert-handling-service';
import type { AlertArchive } from '../../src/application/alerts/alert-rule-service';
import type { CameraChangeStore } from '../../src/application/alerts/camera-watch';
import type { DeliveryQueue } from '../../src/application/alerts/delivery-worker';
import type { SiteWatchStore } from '../../src/application/alerts/site-watch';
import type { ControlRequestQueue } from '../../src/application/camera-control/control-relay';
import type { ConfigUnitOfWork } from '../../src/application/shared/config-unit-of-work';
import type { EventIntake } from '../../src/application/events/event-intake';
import type { MinuteStore } from '../../src/application/monitoring/minute-metrics';
import type { DetectionReports } from '../../src/application/records/record-source';
import type { ViolationQueueStore } from '../../src/application/records/violation-queue-service';
import type { ViolationStore } from '../../src/application/records/violation-store';
import type { EvidenceStore } from '../../src/application/rollout/evidence-store';
import type { ReadRollout } from '../../src/application/rollout/rollout-news';
import type { RolloutStore } from '../../src/application/rollout/rollout-store';
import type { VerificationStore } from '../../src/application/rollout/verifications';
import type { EventHistory } from '../../src/application/shared/event-history';
import type { SeriesSource } from '../../src/application/statistics/series-service';
import type { SiteActivity, StatisticsSource } from '../../src/application/statistics/statistics-service';
import type { AlertRuleRepository } from '../../src/domain/alerts/alert-rule';
import type { DesiredStates } from '../../src/domain/camera-control/process-rules';
import type { RevisionRepository } from '../../src/domain/shared/config-revision';
import type { Camera, CameraRepository } from '../../src/domain/cameras/camera';
import type { RegionsEntry } from '../../src/domain/regions/region';
import type { EntryRepository } from '../../src/domain/shared/entry-changes';
import { DEFAULT_VIOLATION_TYPES } from '../../src/domain/shared/event';
import { systemTimers } from '../../src/infrastructure/environment/scheduler';
import { Database } from '../../src/infrastructure/postgres/database';
import { PgAlertArchive } from '../../src/infrastructure/postgres/pg-alert-archive';
import { PgAlertRules } from '../../src/infrastructure/postgres/pg-alert-rules';
import { PgAudit } from '../../src/infrastructure/postgres/pg-audit';
import { PgConfigUnitOfWork } from '../../src/infrastructure/postgres/pg-config-unit-of-work';
import { CAMERA_STORE, PgCameras, REGION_STORE } from '../../src/infrastructure/postgres/pg-entries';
import { PgControlRequests, PgDesiredStates } from '../../src/infrastructure/postgres/pg-control-requests';
import { PgDeliveries } from '../../src/infrastructure/postgres/pg-deliveries';
import { PgDetectionReports } from '../../src/infrastructure/postgres/pg-detection-reports';
import { PgAlertFeed, PgEvaluationStore } from '../../src/infrastructure/postgres/pg-evaluation-store';
import { PgEventIntake } from '../../src/infrastructure/postgres/pg-event-intake';
import { PgEvents } from '../../src/infrastructure/postgres/pg-events';
import { PgEvidenceStore } from '../../src/infrastructure/postgres/pg-evidence-store';
import { PgMinutes } from '../../src/infrastructure/postgres/pg-minutes';
import { PgCameraChanges, PgRevisions } from '../../src/infrastructure/postgres/pg-revisions';
import { PgRolloutStore } from '../../src/infrastructure/postgres/pg-rollout-store';
import { PgSiteWatch } from '../../src/infrastructure/postgres/pg-site-watch';
import { PgSiteActivity, PgStatistics, PgSeries } from '../../src/infrastructure/postgres/pg-statistics';
import { PgSessions, PgTokens } from '../../src/infrastructure/postgres/pg-tokens';
import { PgVerifications } from '../../src/infrastructure/postgres/pg-verifications';
import { PgViolationQueue } from '../../src/infrastructure/postgres/pg-violation-queue';
import { PgViolations } from '../../src/infrastructure/postgres/pg-violations';
import * as alerts from './in-memory-alerts';
import { InMemoryAudit } from './in-memory-audit';
import { InMemoryCameras } from './in-memory-cameras';
import { ConfigRows, InMemoryConfigUnitOfWork, InMemoryRevisions, tablesInMemory } from './in-memory-configuration';
import { InMemoryControlRequests } from './in-memory-control-requests';
import { InMemoryDesiredStates } from './in-memory-desired-states';
import * as events from './in-memory-events';
import { InMemoryMinutes, type MinuteRow } from './in-memory-minutes';
import * as rollout from './in-memory-rollout';
import { InMemorySessions } from './in-memory-sessions';
import { InMemoryTokens } from './in-memory-tokens';
import { rememberingLog } from './quiet-log';
import { createTestDatabase } from './test-database';

/** Whose days the stores count. */
const ZONE = 'Europe/Berlin';

/** Every store of a site, empty; those that a function answers belong to one of its services each. */
export interface Stores {
  readonly cameras: CameraRepository;
  readonly revisions: RevisionRepository;
  readonly unit: ConfigUnitOfWork<Camera>;
  readonly regions: RegionStores;
  readonly desired: DesiredStates;
  readonly controlLine: ControlRequestQueue;
  readonly rules: AlertRuleRepository;
  readonly archive: AlertArchive;
  readonly deliveries: DeliveryQueue & DeliveryArchive;
  readonly evaluation: EvaluationStore;
  readonly feed: AlertFeed;
  readonly cameraChanges: CameraChangeStore;
  readonly siteWatch: (instance: string) => SiteWatchStore<ReadRollout>;
  readonly intake: EventIntake;
  readonly events: EventHistory;
  readonly statistics: StatisticsSource;
  readonly series: SeriesSource;
  readonly reports: DetectionReports;
  readonly violations: ViolationStore;
  readonly queue: ViolationQueueStore;
  readonly activity: SiteActivity;
  readonly rollout: RolloutStore;
  readonly evidence: (instance: string) => EvidenceStore;
  readonly verifications: VerificationStore;
  readonly minutes: (instance: string) => MinuteStore;
  readonly audit: AuditStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
}

/** The configuration of the regions. */
interface RegionStores {
  readonly entries: EntryRepository<RegionsEntry>;
  readonly revisions: RevisionRepository;
  readonly unit: ConfigUnitOfWork<RegionsEntry>;
}

export interface StoreSite {
  /** The stores of a new site; those that were given before are of no use any more. */
  fresh(): Promise<Stores>;
  close(): Promise<void>;
}

const ACTIVITY = [async () => ['sink'], async () => new Map([['cam1', 'One']]), async () => 2] as const;

/** A database for the tests of one suite, each of which gets it as a new site has it. */
async function inPostgres(): Promise<StoreSite> {
  const database = await createTestDatabase();
  const sql = new Database(database.url, () => undefined);
  await sql.open();
  // A new site has two rules; here there is nothing yet.
  await sql.execute('DELETE FROM alert_rules', []);
  await sql.execute(REMEMBER, []);
  return {
    fresh: async () => {
      await sql.execute(FORGET, []);
      return storesIn(sql);
    },
    close: async () => {
      await sql.close();
      await database.drop();
    },
  };
}

const EACH_TABLE = `name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`;

/** The rows of a new site. */
const REMEMBER = `DO $$ DECLARE name text; BEGIN
  CREATE SCHEMA pristine;
  FOR ${EACH_TABLE} LOOP EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', name); END LOOP;
END $$`;

/** Everything but those. */
const FORGET = `DO $$ DECLARE name text; held boolean; BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('public.%I', tablename), ', ') || ' RESTART IDENTITY'
             FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations');
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'pristine' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM pristine.%I)', name) INTO held;
    IF held THEN EXECUTE format('INSERT INTO public.%1$I SELECT * FROM pristine.%1$I', name); END IF;
  END LOOP;
END $$`;

function storesIn(sql: Database): Stores {
  const log = rememberingLog();
  return {
    cameras: new PgCameras(sql),
    revisions: new PgRevisions(sql, 'camera_config_revisions'),
    unit: new PgConfigUnitOfWork(CAMERA_STORE, sql, log, () => undefined),
    regions: {
      ...REGION_STORE.tables(sql),
      unit: new PgConfigUnitOfWork(REGION_STORE, sql, log, () => undefined),
    },
    desired: new PgDesiredStates(sql),
    controlLine: new PgControlRequests(sql, log),
    rules: new PgAlertRules(sql),
    archive: new PgAlertArchive(sql),
    deliveries: new PgDeliveries(sql),
    evaluation: new PgEvaluationStore(sql, log),
    feed: new PgAlertFeed(sql, DEFAULT_VIOLATION_TYPES),
    cameraChanges: new PgCameraChanges(sql),
    siteWatch: (instance) => new PgSiteWatch(sql, instance, log),
    intake: new PgEventIntake(sql, ZONE),
    events: new PgEvents(sql),
    statistics: new PgStatistics(sql, ZONE),
    series: new PgSeries(sql),
    reports: new PgDetectionReports(sql),
    violations: new PgViolations(sql),
    queue: new PgViolationQueue(sql, ZONE),
    activity: new PgSiteActivity(sql, ...ACTIVITY),
    rollout: new PgRolloutStore(sql, log),
    evidence: (instance) => new PgEvidenceStore(sql, instance),
    verifications: new PgVerifications(sql),
    minutes: (instance) => new PgMinutes(sql, instance),
    audit: new PgAudit(sql),
    tokens: new PgTokens(sql),
    sessions: new PgSessions(sql),
  };
}

function inMemory(): Stores {
  const clock = () => new Date();
  const [cameras, alertRows, eventRows] = [
    new ConfigRows<Camera>(),
    new alerts.AlertRows(clock),
    new events.EventRows(),
  ];
  const [watch, evidence, minutes] = [
    new alerts.SiteWatchRow<ReadRollout>({ seq: 0, told: {} }),
    new rollout.EvidenceRows(),
    new Map<string, MinuteRow>(),
  ];
  const desired = new InMemoryDesiredStates();
  const regions = new ConfigRows<RegionsEntry>();
  return {
    cameras: new InMemoryCameras(cameras),
    revisions: new InMemoryRevisions(cameras),
    unit: new InMemoryConfigUnitOfWork(cameras),
    regions: { ...tablesInMemory(regions), unit: new InMemoryConfigUnitOfWork(regions) },
    desired,
    controlLine: new InMemoryControlRequests(systemTimers),
    rules: new alerts.InMemoryAlertRules(alertRows),
    archive: new alerts.InMemoryAlertArchive(alertRows),
    deliveries: new alerts.InMemoryDeliveries(alertRows),
    evaluation: new alerts.InMemoryEvaluationStore(alertRows),
    feed: new alerts.InMemoryAlertFeed(alertRows, eventRows, DEFAULT_VIOLATION_TYPES),
    cameraChanges: new alerts.InMemoryCameraChanges(alertRows),
    siteWatch: (instance) => new alerts.InMemorySiteWatch(alertRows, watch, instance),
    intake: new events.InMemoryEventIntake(eventRows),
    events: new events.InMemoryEvents(eventRows),
    statistics: new events.InMemoryStatistics(eventRows, ZONE),
    series: new events.InMemorySeries(eventRows),
    reports: new events.InMemoryDetectionReports(eventRows),
    violations: new events.InMemoryViolations(eventRows),
    queue: new events.InMemoryViolationQueue(eventRows),
    activity: new events.InMemorySiteActivity(eventRows, ...ACTIVITY),
    rollout: new rollout.InMemoryRolloutStore(clock),
    evidence: (instance) => new rollout.InMemoryEvidenceStore(evidence, instance),
    verifications: new rollout.InMemoryVerifications(alertRows, eventRows, desired, clock),
    minutes: (instance) => new InMemoryMinutes(minutes, instance),
    audit: new InMemoryAudit(),
    tokens: new InMemoryTokens(),
    sessions: new InMemorySessions(),
  };
}

/** Where a site may keep what it knows: the tests of a store hold for both. */
export const STORE_SETS: readonly { readonly where: string; readonly open: () => Promise<StoreSite> }[] = [
  { where: 'PostgreSQL', open: inPostgres },
  { where: 'memory', open: async () => ({ fresh: async () => inMemory(), close: async () => undefined }) },
];

/** The stores of a new site for each test of the present `describe`. */
export function storesForEach(open: () => Promise<StoreSite>): { readonly stores: Stores } {
  const own = {} as { site: StoreSite; stores: Stores };
  beforeAll(async () => {
    own.site = await open();
  });
  beforeEach(async () => {
    own.stores = await own.site.fresh();
  });
  afterAll(() => own.site.close());
  return own;
}
