import type { InjectionToken } from 'tsyringe';
import type { Mounted } from './api/http/mount';
import type { AccessService } from './application/access/access-service';
import type { AuditStore, AuditTrail } from './application/access/audit-trail';
import type { Authenticator } from './application/access/authenticator';
import type { TokenService, TokenStore } from './application/access/token-service';
import type { ActiveRules, AlertEvaluator, AlertFeed } from './application/alerts/alert-evaluator';
import type { AlertHandlingService } from './application/alerts/alert-handling-service';
import type { AlertArchive } from './application/alerts/alert-rule-service';
import type { AlertsPort } from './application/alerts/alerts-port';
import type { CameraWatch } from './application/alerts/camera-watch';
import type { DeliveryWorker } from './application/alerts/delivery-worker';
import type { HealthReporter, SiteWatch, SiteWatchStore } from './application/alerts/site-watch';
import type { CameraControlPort } from './application/camera-control/camera-control-port';
import type { CameraController } from './application/camera-control/camera-controller';
import type { CameraPreviews } from './application/camera-control/camera-previews';
import type { ControlRelay } from './application/camera-control/control-relay';
import type { FrameCounts } from './application/camera-control/frame-counts';
import type { CameraConfiguration } from './application/cameras/camera-configuration';
import type { CameraConsistency } from './application/cameras/camera-consistency';
import type { CameraUnitOfWork } from './application/cameras/camera-unit-of-work';
import type { CamerasFile, CamerasFormat } from './application/cameras/cameras-file';
import type { CamerasPort } from './application/cameras/cameras-port';
import type { ConfigHeads, ConfigPublishing, OnStep } from './application/cameras/configuration-publication';
import type { Reconciliation } from './application/cameras/configuration-reconciliation';
import type { EventIntake } from './application/events/event-intake';
import type { EventPosting } from './application/events/event-service';
import type { EventsPort } from './application/events/events-port';
import type { JournalIngestor } from './application/events/journal-ingestor';
import type { MinuteMetrics, MinuteStore } from './application/monitoring/minute-metrics';
import type { MonitoringService } from './application/monitoring/monitoring-service';
import type { RequestMeter } from './application/monitoring/request-meter';
import type { RecordsPort } from './application/records/records-port';
import type { EvidenceRecorder } from './application/rollout/evidence-recorder';
import type { EvidenceStore } from './application/rollout/evidence-store';
import type { EvidenceCollector, EvidenceUploader } from './application/rollout/evidence-uploader';
import type { LocalBreaker } from './application/rollout/local-breaker';
import type { OperationRouter } from './application/rollout/operation-router';
import type { RolloutEvaluator } from './application/rollout/rollout-evaluator';
import type { ReadRollout } from './application/rollout/rollout-news';
import type { RolloutPolicy } from './application/rollout/rollout-policy';
import type { RolloutService } from './application/rollout/rollout-service';
import type { RolloutStore } from './application/rollout/rollout-store';
import type { ShadowComparer } from './application/rollout/shadow-comparer';
import type { Verifications } from './application/rollout/verifications';
import type { EventHistory } from './application/shared/event-history';
import type { Gate } from './application/shared/gate';
import type { Clock, Log } from './application/shared/log';
import type { StatisticsPort } from './application/statistics/statistics-port';
import type { SystemPort } from './application/system/system-port';
import type { AlertRuleRepository } from './domain/alerts/alert-rule';
import type { DesiredStates } from './domain/camera-control/process-rules';
import type { RevisionRepository } from './domain/cameras/camera-config-revision';
import type { CameraRepository } from './domain/cameras/camera-repository';
import type { FrameGrabber } from './infrastructure/ffmpeg/frame-grabber';
import type { DiskJournalFiles } from './infrastructure/journal/disk-journal-files';
import type { JournalTail } from './infrastructure/journal/journal-tail';
import type { EmailChannel } from './infrastructure/notify/email-channel';
import type { LiveSockets } from './infrastructure/notify/live-sockets';
import type { LiveEvents, LiveStatus } from './infrastructure/notify/live-topics';
import type { Database } from './infrastructure/postgres/database';
import type { DedicatedConnection } from './infrastructure/postgres/dedicated-connection';
import type { PgAnnouncer } from './infrastructure/postgres/pg-announcer';
import type { PgControlPlane } from './infrastructure/postgres/pg-control-plane';
import type { PgDeliveries } from './infrastructure/postgres/pg-deliveries';
import type { PgEventRetention, PgRetention } from './infrastructure/postgres/pg-retention';
import type { PgRuleFollower } from './infrastructure/postgres/pg-rule-follower';
import type { PgWakes } from './infrastructure/postgres/pg-wakes';
import type { NodeWorkerHost } from './infrastructure/process/node-worker-host';
import type { PrometheusPage } from './infrastructure/prometheus/prometheus-page';

/** A key that carries the type of what it stands for. */
export type Token<T> = InjectionToken<T> & { readonly carries?: T };
const token = <T>(name: string): Token<T> => Symbol(name);

export const keys = {
  log: token<Log>('Log'),
  clock: token<Clock>('Clock'),
  onStep: token<OnStep>('OnStep'),
  database: token<Database>('Database'),
  connection: token<DedicatedConnection>('DedicatedConnection'),
  wakes: token<PgWakes>('Wakes'),
  camerasFile: token<CamerasFile>('CamerasFile'),
  camerasFormat: token<CamerasFormat>('CamerasFormat'),
  unitOfWork: token<CameraUnitOfWork>('CameraUnitOfWork'),
  cameras: token<CameraRepository>('CameraRepository'),
  revisions: token<RevisionRepository>('RevisionRepository'),
  heads: token<ConfigHeads>('ConfigHeads'),
  publishing: token<ConfigPublishing>('ConfigPublishing'),
  reconciliation: token<Reconciliation>('ConfigSettling'),
  configuration: token<CameraConfiguration>('CameraConfiguration'),
  camerasOnDomain: token<CamerasPort>('Cameras on the domain path'),
  camerasOnLegacy: token<CamerasPort>('Cameras on the legacy path'),
  instanceId: token<string>('InstanceId'),
  /** For people: host and process. */
  instanceName: token<string>('InstanceName'),
  rolloutStore: token<RolloutStore>('RolloutStore'),
  verifications: token<Verifications>('Verifications'),
  evidenceUploader: token<EvidenceUploader>('EvidenceUploader'),
  evidenceStore: token<EvidenceStore>('EvidenceStore'),
  policy: token<RolloutPolicy>('RolloutPolicy'),
  localBreaker: token<LocalBreaker>('RolloutRuntime'),
  recorder: token<EvidenceRecorder>('EvidenceRecorder'),
  shadow: token<ShadowComparer>('ShadowComparer'),
  collector: token<EvidenceCollector>('EvidenceCollector'),
  evaluator: token<RolloutEvaluator>('RolloutEvaluator'),
  rollout: token<RolloutService>('Rollout'),
  controlPlane: token<PgControlPlane>('ControlPlane'),
  desiredStates: token<DesiredStates>('DesiredStates'),
  /** For what looks at them all the time: read again only after a change. */
  rememberedCameras: token<Pick<CameraRepository, 'all'>>('Remembered cameras'),
  rememberedStates: token<Pick<DesiredStates, 'all'>>('Remembered desired states'),
  workerHost: token<NodeWorkerHost>('WorkerHost'),
  cameraController: token<CameraController>('CameraControlRuntime'),
  controlRelay: token<ControlRelay>('ControlRelay'),
  frameCounts: token<FrameCounts>('FrameCounts'),
  previews: token<CameraPreviews>('CameraPreviews'),
  frameGrabber: token<FrameGrabber>('FrameGrabber'),
  controlOnDomain: token<CameraControlPort>('Camera control on the domain path'),
  controlOnLegacy: token<CameraControlPort>('Camera control on the legacy path'),
  alertRules: token<AlertRuleRepository>('AlertRuleRepository'),
  alertArchive: token<AlertArchive>('AlertArchive'),
  alertFeed: token<AlertFeed>('AlertFeed'),
  alertHandling: token<AlertHandlingService>('AlertHandling'),
  activeRules: token<ActiveRules>('RuleBook'),
  ruleFollower: token<PgRuleFollower>('RuleFollower'),
  alertEvaluator: token<AlertEvaluator>('AlertEvaluator'),
  cameraWatch: token<CameraWatch>('CameraWatch'),
  siteWatchStore: token<SiteWatchStore<ReadRollout>>('SiteWatchStore'),
  siteWatch: token<SiteWatch<ReadRollout>>('SiteWatch'),
  healthReporter: token<HealthReporter>('PartLooker'),
  deliveries: token<PgDeliveries>('Deliveries'),
  deliveryWorker: token<DeliveryWorker>('DeliveryWorker'),
  emailChannel: token<EmailChannel>('EmailChannel'),
  liveSockets: token<LiveSockets>('LiveSockets'),
  liveEvents: token<LiveEvents>('LiveEvents'),
  announcer: token<PgAnnouncer>('Announcer'),
  liveStatus: token<LiveStatus>('LiveStatus'),
  alertsOnDomain: token<AlertsPort>('Alerts on the domain path'),
  alertsOnLegacy: token<AlertsPort>('Alerts on the legacy path'),
  journalFiles: token<DiskJournalFiles>('JournalFiles'),
  journalTail: token<JournalTail>('JournalTail'),
  eventIntake: token<EventIntake>('EventIntake'),
  ingestor: token<JournalIngestor>('JournalIngestor'),
  eventRetention: token<PgEventRetention>('EventKeeping'),
  retention: token<PgRetention>('Retention'),
  eventPosting: token<EventPosting>('EventPosting'),
  eventsInTable: token<EventHistory>('Events in the table'),
  eventsInJournal: token<EventHistory>('Events in the journal'),
  eventsOnDomain: token<EventsPort>('Events on the domain path'),
  eventsOnLegacy: token<EventsPort>('Events on the legacy path'),
  statisticsOnDomain: token<StatisticsPort>('Statistics on the domain path'),
  statisticsOnLegacy: token<StatisticsPort>('Statistics on the legacy path'),
  recordsOnDomain: token<RecordsPort>('Records on the domain path'),
  recordsOnLegacy: token<RecordsPort>('Records on the legacy path'),
  system: token<SystemPort>('System'),
  systemOnLegacy: token<SystemPort>('System on the legacy path'),
  tokenStore: token<TokenStore>('TokenStore'),
  tokens: token<TokenService>('Tokens'),
  authenticator: token<Authenticator>('Authenticator'),
  gate: token<Gate>('Gate'),
  auditStore: token<AuditStore>('AuditStore'),
  auditTrail: token<AuditTrail>('AuditTrail'),
  access: token<AccessService>('Access'),
  monitoring: token<MonitoringService>('Monitoring'),
  requestMeter: token<RequestMeter>('RequestMeter'),
  minuteMetrics: token<MinuteMetrics>('MinuteBook'),
  minutes: token<MinuteStore>('Minutes'),
  consistency: token<CameraConsistency>('CameraConsistency'),
  prometheus: token<PrometheusPage>('Prometheus'),
  router: token<OperationRouter>('OperationRouter'),
  mounted: token<readonly Mounted[]>('Mounted'),
};

/** Registers how a thing is made, once, when it is first asked for. */
export type Once = <T>(key: Token<T>, make: (get: <D>(key: Token<D>) => D) => T) => void;
