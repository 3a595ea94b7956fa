import { join } from 'node:path';
import { type Mounted, mounted } from '../api/http/mount';
import { seriesOperations } from '../api/statistics/series-operations';
import { violationQueueOperations } from '../api/records/violation-queue-operations';
import type { CamerasPort } from '../application/cameras/cameras-port';
import type { EventIntake } from '../application/events/event-intake';
import { EventPosting, EventService } from '../application/events/event-service';
import { JournalIngestor } from '../application/events/journal-ingestor';
import { RecordService } from '../application/records/record-service';
import type { CameraDirectory } from '../application/records/record-source';
import { ViolationQueueService } from '../application/records/violation-queue-service';
import type { RecordsPort } from '../application/records/records-port';
import { sharingReads } from '../application/shared/shared-reads';
import { SeriesService } from '../application/statistics/series-service';
import { StatisticsService } from '../application/statistics/statistics-service';
import { DomainError } from '../domain/shared/domain-error';
import type { ViolationTypes } from '../domain/shared/event';
import type { JsonObject } from '../domain/shared/json';
import { HOUR_MS } from '../domain/shared/time';
import { DiskJournal, DiskRejectFile, rotateJournal, watchJournal } from '../infrastructure/journal/disk-journal';
import { DiskJournalFiles } from '../infrastructure/journal/disk-journal-files';
import { JournalTail } from '../infrastructure/journal/journal-tail';
import { JournalHistory, JournalStatistics } from '../infrastructure/legacy/journal-history';
import { LegacyRecords, RawDetectionReports } from '../infrastructure/legacy/legacy-records';
import type { PgAlertArchive } from '../infrastructure/postgres/pg-alert-archive';
import { PgDetectionReports } from '../infrastructure/postgres/pg-detection-reports';
import { PgEventIntake } from '../infrastructure/postgres/pg-event-intake';
import { PgEvents } from '../infrastructure/postgres/pg-events';
import { PgEventRetention, PgRetention } from '../infrastructure/postgres/pg-retention';
import { PgSeries, PgSiteActivity, PgStatistics } from '../infrastructure/postgres/pg-statistics';
import { PgViolationQueue } from '../infrastructure/postgres/pg-violation-queue';
import { PgViolations } from '../infrastructure/postgres/pg-violations';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

/** The camera data that other contexts need, from the same path that lists the cameras. */
class SiteCameras implements CameraDirectory {
  constructor(private readonly cameras: Pick<CamerasPort, 'list' | 'get'>) {}

  async ids(): Promise<readonly string[]> {
    return (await this.cameras.list({})).cameras.map(({ id }) => id);
  }

  async info(cameraId: string): Promise<JsonObject | undefined> {
    try {
      const camera = await this.cameras.get({ camera_id: cameraId });
      const { id, name, status, camera_type, location, resolution, region_id, is_active } = camera;
      const { created_at, updated_at } = camera;
      const of = { id, name, status, camera_type, location, resolution, region_id, is_active, created_at, updated_at };
      return { ...(of as JsonObject), fps: `${String(camera.fps)} FPS`, capabilities: [] };
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  async names(): Promise<ReadonlyMap<string, string>> {
    const { cameras } = await this.cameras.list({});
    return new Map(cameras.map(({ id, name }) => [id, name]));
  }

  /** Regions that active cameras watch, each once, in order. */
  async regions(): Promise<readonly string[]> {
    const { cameras } = await this.cameras.list({ active_only: true });
    const regions = cameras.map(({ region_id: region }) => region).filter((region) => region !== null);
    return [...new Set(regions)].sort();
  }
}

const STATISTICS = ['realtime', 'summary', 'daily', 'events', 'history'] as const;
const VIOLATIONS = ['violations', 'summary', 'cameraStatistics', 'detectionRecords'] as const;

/** Of the folder of the journal; it is also watched, where the system supports that. */
const LOOK_EVERY_MS = 1_000;
/** Lines in quick succession are one batch. */
const APART_MS = 100;
const ROTATE_EVERY_MS = 60_000;

export const journalOf = ({ logDir }: { readonly logDir: string }): string => join(logDir, 'events_record.jsonl');

interface BothPaths<P> {
  readonly domain: P;
  readonly legacy: P;
}

/** Events: how they are ingested, and how each path reads and sums them. */
export interface Events {
  readonly journal: string;
  readonly journalFiles: DiskJournalFiles;
  readonly intake: EventIntake;
  readonly ingestor: JournalIngestor;
  readonly eventRetention: PgEventRetention;
  readonly retention: PgRetention;
  readonly events: BothPaths<EventService>;
  readonly statistics: BothPaths<StatisticsService>;
  readonly records: BothPaths<RecordsPort>;
  readonly queue: PgViolationQueue;
  readonly operations: readonly Mounted[];
}

interface EventSettings {
  readonly logDir: string;
  readonly eventRetentionDays: number;
  readonly historyRetentionDays: number;
  readonly auditRetentionDays: number;
  readonly violationTypes: ViolationTypes;
  readonly timeZone: string;
}

export function createEvents(
  platform: Platform,
  cameras: BothPaths<CamerasPort>,
  archive: PgAlertArchive,
  settings: EventSettings,
  node: () => string,
): Events {
  const { database, clock, log } = platform;
  const { logDir, eventRetentionDays: retentionDays, violationTypes, timeZone: zone } = settings;
  const journal = journalOf(settings);
  const journalFiles = new DiskJournalFiles(journal);
  const intake = new PgEventIntake(database, zone, node);
  const rejects = new DiskRejectFile(join(logDir, 'events_rejected.jsonl'), clock);
  const kept = { events: retentionDays, history: settings.historyRetentionDays, audit: settings.auditRetentionDays };
  const files = async () => (await journalFiles.list()).map(({ id }) => id);
  const tail = new JournalTail(journalFiles, clock, retentionDays);
  const [inTable, inJournal] = [new PgEvents(database), new JournalHistory(tail)];
  const posting = new EventPosting(new DiskJournal(journal), clock, retentionDays);
  const queue = new PgViolationQueue(database, zone);
  const names = { domain: new SiteCameras(cameras.domain), legacy: new SiteCameras(cameras.legacy) };
  return {
    journal,
    journalFiles,
    intake,
    ingestor: new JournalIngestor(journalFiles, intake, rejects, { retentionDays, violationTypes }, clock, log),
    eventRetention: new PgEventRetention(database, zone, clock, log),
    retention: new PgRetention(database, kept, clock, () => database.clockDifference(), files, log),
    events: {
      domain: sharingReads(new EventService(inTable, posting, clock), ['recent']),
      legacy: sharingReads(new EventService(inJournal, posting, clock), ['recent']),
    },
    statistics: createStatistics(platform, { inTable, inJournal, tail }, names, archive, settings),
    records: createRecords(platform, names),
    queue,
    operations: [
      ...mounted(seriesOperations, new SeriesService(new PgSeries(database), zone, clock)),
      ...mounted(violationQueueOperations, new ViolationQueueService(queue, new PgViolations(database), clock)),
    ],
  };
}

function createStatistics(
  { database, clock }: Platform,
  from: { readonly inTable: PgEvents; readonly inJournal: JournalHistory; readonly tail: JournalTail },
  cameras: BothPaths<SiteCameras>,
  archive: PgAlertArchive,
  { violationTypes, timeZone: zone }: EventSettings,
): BothPaths<StatisticsService> {
  let startedAt: Date | undefined;
  const settings = {
    violationTypes,
    zone,
    /** The time of the database, so not before it is open. */
    get startedAt() {
      return (startedAt ??= clock());
    },
  };
  const activity = (site: SiteCameras) =>
    new PgSiteActivity(
      database,
      () => site.regions(),
      () => site.names(),
      () => archive.openOfToday(),
    );
  const domain = new StatisticsService(
    new PgStatistics(database, zone),
    from.inTable,
    activity(cameras.domain),
    settings,
    clock,
  );
  const legacy = new StatisticsService(
    new JournalStatistics(from.tail, zone),
    from.inJournal,
    activity(cameras.legacy),
    settings,
    clock,
  );
  return { domain: sharingReads(domain, STATISTICS), legacy: sharingReads(legacy, STATISTICS) };
}

function createRecords({ database, clock }: Platform, cameras: BothPaths<SiteCameras>): BothPaths<RecordsPort> {
  const violations = new PgViolations(database);
  const domain = new RecordService(violations, new PgDetectionReports(database), cameras.domain, clock);
  const rest = new RecordService(violations, new RawDetectionReports(database), cameras.legacy, clock);
  return { domain: sharingReads(domain, VIOLATIONS), legacy: new LegacyRecords(database, rest) };
}

/** From now on ingests the journal, and limits the size of journal and tables. */
export async function startEvents({ database, log }: Platform, events: Events, life: Lifecycle): Promise<void> {
  const { journal, journalFiles, intake, ingestor, eventRetention, retention } = events;
  await eventRetention.prepare();
  const ingesting = life.every(LOOK_EVERY_MS, 'ingesting the journal', () => ingestor.pass(), { apartMs: APART_MS });
  life.every(HOUR_MS, 'making room for events', () => eventRetention.makeRoom());
  life.every(HOUR_MS, 'deleting what is too old', () => retention.run());
  life.every(ROTATE_EVERY_MS, 'the rotation of the journal', () =>
    database.tryExclusively('watchgate.journal_rotation', () => rotateJournal(journal, journalFiles, intake)),
  );
  const watch = watchJournal(journal, ingesting.wake, log);
  life.onStop(async () => {
    watch.close();
    ingestor.stop();
  });
}
