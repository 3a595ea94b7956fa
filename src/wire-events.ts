import { join } from 'node:path';
import { EventPosting, EventService } from './application/events/event-service';
import { JournalIngestor } from './application/events/journal-ingestor';
import { RecordService } from './application/records/record-service';
import { sharingReads } from './application/shared/shared-reads';
import { StatisticsService } from './application/statistics/statistics-service';
import { DEFAULT_VIOLATION_TYPES, type ViolationTypes } from './domain/shared/event';
import { DiskJournal, DiskRejectFile } from './infrastructure/journal/disk-journal';
import { DiskJournalFiles } from './infrastructure/journal/disk-journal-files';
import { JournalTail } from './infrastructure/journal/journal-tail';
import { JournalHistory, JournalStatistics } from './infrastructure/legacy/journal-history';
import { LegacyRecords, RawDetectionReports } from './infrastructure/legacy/legacy-records';
import { PgDetectionReports } from './infrastructure/postgres/pg-detection-reports';
import { PgEventIntake } from './infrastructure/postgres/pg-event-intake';
import { PgEvents } from './infrastructure/postgres/pg-events';
import { PgEventRetention, PgRetention } from './infrastructure/postgres/pg-retention';
import { PgSiteActivity } from './infrastructure/postgres/pg-site-activity';
import { PgStatistics } from './infrastructure/postgres/pg-statistics';
import { PgViolations } from './infrastructure/postgres/pg-violations';
import { SiteCameras } from './infrastructure/system/site-cameras';
import { type Once, keys } from './keys';

export interface EventSite {
  readonly logDir: string;
  /** Days that events are kept. */
  readonly retentionDays: number;
  /** Days that violations, alerts and sums are kept, and days of the audit trail. */
  readonly historyDays?: number;
  readonly auditDays?: number;
  readonly violationTypes: ViolationTypes;
  /** IANA name of the zone whose days statistics count. */
  readonly zone: string;
}

const NOWHERE: EventSite = {
  logDir: '.',
  retentionDays: 180,
  violationTypes: DEFAULT_VIOLATION_TYPES,
  zone: 'UTC',
};

const STATISTICS = ['realtime', 'summary', 'daily', 'events', 'history'] as const;

type Get = Parameters<Parameters<Once>[1]>[0];

export const journalOf = ({ logDir }: Pick<EventSite, 'logDir'>): string => join(logDir, 'events_record.jsonl');

/** Events: how they are taken in, and how each path reads them and what they add up to. */
export function wireEvents(once: Once, site: EventSite = NOWHERE): void {
  wireIntake(once, site);
  wireEventPaths(once, site);
  wireStatistics(once, site);
  wireRecords(once);
}

function wireIntake(once: Once, site: EventSite): void {
  const { retentionDays } = site;
  once(keys.journalFiles, () => new DiskJournalFiles(journalOf(site)));
  once(keys.eventIntake, (get) => new PgEventIntake(get(keys.database), site.zone));
  once(keys.ingestor, (get) => {
    const rejects = new DiskRejectFile(join(site.logDir, 'events_rejected.jsonl'), get(keys.clock));
    return new JournalIngestor(
      get(keys.journalFiles),
      get(keys.eventIntake),
      rejects,
      site,
      get(keys.clock),
      get(keys.log),
    );
  });
  once(
    keys.eventRetention,
    (get) => new PgEventRetention(get(keys.database), site.zone, get(keys.clock), get(keys.log)),
  );
  once(keys.retention, (get) => {
    const { historyDays: history = 1_095, auditDays: audit = 365 } = site;
    const [database, days] = [get(keys.database), { events: retentionDays, history, audit }];
    const files = async () => (await get(keys.journalFiles).list()).map(({ id }) => id);
    return new PgRetention(database, days, get(keys.clock), () => database.clockDifference(), files, get(keys.log));
  });
  once(keys.eventPosting, (get) => new EventPosting(new DiskJournal(journalOf(site)), get(keys.clock), retentionDays));
}

function wireEventPaths(once: Once, { retentionDays }: EventSite): void {
  once(keys.journalTail, (get) => new JournalTail(get(keys.journalFiles), get(keys.clock), retentionDays));
  once(keys.eventsInTable, (get) => new PgEvents(get(keys.database)));
  once(keys.eventsInJournal, (get) => new JournalHistory(get(keys.journalTail)));
  once(keys.eventsOnDomain, (get) =>
    sharingReads(new EventService(get(keys.eventsInTable), get(keys.eventPosting), get(keys.clock)), ['recent']),
  );
  once(keys.eventsOnLegacy, (get) =>
    sharingReads(new EventService(get(keys.eventsInJournal), get(keys.eventPosting), get(keys.clock)), ['recent']),
  );
}

function wireStatistics(once: Once, { violationTypes, zone }: EventSite): void {
  let startedAt: Date | undefined;
  const settings = (get: Get) => ({ violationTypes, zone, startedAt: (startedAt ??= get(keys.clock)()) });
  const activity = (get: Get, cameras: SiteCameras) =>
    new PgSiteActivity(
      get(keys.database),
      () => cameras.regions(),
      () => cameras.names(),
      () => get(keys.alertArchive).openOfToday(),
    );
  once(keys.statisticsOnDomain, (get) => {
    const site = activity(get, new SiteCameras(get(keys.camerasOnDomain)));
    const source = new PgStatistics(get(keys.database), zone);
    const service = new StatisticsService(source, get(keys.eventsInTable), site, settings(get), get(keys.clock));
    return sharingReads(service, STATISTICS);
  });
  once(keys.statisticsOnLegacy, (get) => {
    const site = activity(get, new SiteCameras(get(keys.camerasOnLegacy)));
    const source = new JournalStatistics(get(keys.journalTail), zone);
    const service = new StatisticsService(source, get(keys.eventsInJournal), site, settings(get), get(keys.clock));
    return sharingReads(service, STATISTICS);
  });
}

function wireRecords(once: Once): void {
  once(keys.recordsOnDomain, (get) => {
    const [database, cameras] = [get(keys.database), new SiteCameras(get(keys.camerasOnDomain))];
    const reports = new PgDetectionReports(database);
    const service = new RecordService(new PgViolations(database), reports, cameras, get(keys.clock));
    return sharingReads(service, ['violations', 'summary', 'cameraStatistics', 'detectionRecords']);
  });
  once(keys.recordsOnLegacy, (get) => {
    const [database, cameras] = [get(keys.database), new SiteCameras(get(keys.camerasOnLegacy))];
    const reports = new RawDetectionReports(database);
    const rest = new RecordService(new PgViolations(database), reports, cameras, get(keys.clock));
    return new LegacyRecords(database, rest, get(keys.clock));
  });
}
