import { siteDeliveryTargets } from './application/alerts/alert-channel';
import { ActiveRules, AlertEvaluator, type EvaluatorPace } from './application/alerts/alert-evaluator';
import { AlertHandlingService } from './application/alerts/alert-handling-service';
import { AlertRuleService } from './application/alerts/alert-rule-service';
import { CameraWatch } from './application/alerts/camera-watch';
import { DeliveryWorker } from './application/alerts/delivery-worker';
import { HealthReporter, SiteWatch } from './application/alerts/site-watch';
import { processConditions } from './application/camera-control/worker-states';
import { rolloutNews } from './application/rollout/rollout-news';
import { sharingReads } from './application/shared/shared-reads';
import { WATCHED_PARTS } from './domain/alerts/component-health';
import { DEFAULT_VIOLATION_TYPES, type ViolationTypes } from './domain/shared/event';
import { AddressPolicy } from './infrastructure/notify/address-policy';
import { EmailChannel } from './infrastructure/notify/email-channel';
import { LiveSockets } from './infrastructure/notify/live-sockets';
import { EVENTS_PATH, LiveEvents, LiveStatus, STATUS_PATH } from './infrastructure/notify/live-topics';
import { LogChannel } from './infrastructure/notify/log-channel';
import { WebhookChannel } from './infrastructure/notify/webhook-channel';
import { PgAlertArchive } from './infrastructure/postgres/pg-alert-archive';
import { PgAlertFeed } from './infrastructure/postgres/pg-alert-feed';
import { PgAlertRules } from './infrastructure/postgres/pg-alert-rules';
import { PgAnnouncer } from './infrastructure/postgres/pg-announcer';
import { PgDeliveries } from './infrastructure/postgres/pg-deliveries';
import { PgEvaluationStore } from './infrastructure/postgres/pg-evaluation-store';
import { PgEventTail } from './infrastructure/postgres/pg-event-tail';
import { PgCameraChanges } from './infrastructure/postgres/pg-revisions';
import { PgRuleFollower } from './infrastructure/postgres/pg-rule-follower';
import { PgSiteWatch } from './infrastructure/postgres/pg-site-watch';
import { type Once, keys } from './keys';

export interface AlertSite {
  readonly violationTypes: ViolationTypes;
  readonly webhookAllow: readonly string[];
  readonly alertWebhookUrl: string;
  readonly alertWebhookSecret: string;
  readonly smtpUrl: string;
  readonly alertEmailFrom: string;
  readonly pace?: EvaluatorPace;
}

const NOTE_EVERY_MS = 5_000;
/** Others believe it for 30 s. */
const PUBLISH_EVERY_MS = 20_000;

const NOWHERE: AlertSite = {
  violationTypes: DEFAULT_VIOLATION_TYPES,
  webhookAllow: [],
  alertWebhookUrl: '',
  alertWebhookSecret: '',
  smtpUrl: '',
  alertEmailFrom: 'watchgate@localhost',
};

/** Alert rules: how they are kept, what they decide, and how people are told. */
export function wireAlerts(once: Once, site: AlertSite = NOWHERE): void {
  once(keys.alertRules, (get) => new PgAlertRules(get(keys.database)));
  once(keys.alertArchive, (get) => new PgAlertArchive(get(keys.database)));
  once(keys.alertFeed, (get) => new PgAlertFeed(get(keys.database), site.violationTypes));
  once(keys.alertsOnDomain, (get) =>
    sharingReads(new AlertRuleService(get(keys.alertRules), get(keys.alertArchive), get(keys.clock)), [
      'list',
      'history',
    ]),
  );
  once(
    keys.alertHandling,
    (get) =>
      new AlertHandlingService(
        get(keys.alertRules),
        get(keys.alertArchive),
        get(keys.deliveries),
        get(keys.alertFeed),
        get(keys.clock),
      ),
  );
  wireEvaluation(once, site);
  wireSiteWatch(once, site);
  wireDelivery(once, site);
  wireSockets(once);
}

function wireEvaluation(once: Once, { pace }: AlertSite): void {
  once(keys.activeRules, () => new ActiveRules());
  once(keys.ruleFollower, (get) => new PgRuleFollower(get(keys.database), get(keys.alertRules), get(keys.activeRules)));
  once(keys.alertEvaluator, (get) => {
    const store = new PgEvaluationStore(get(keys.database), get(keys.log));
    const [book, follower] = [get(keys.activeRules), get(keys.ruleFollower)];
    const refresh = () => follower.refresh();
    return new AlertEvaluator(get(keys.alertFeed), store, book, refresh, get(keys.clock), get(keys.log), pace);
  });
  once(keys.cameraWatch, (get) => {
    const { supervisor } = get(keys.cameraController);
    const current = () => processConditions(get(keys.rememberedCameras), get(keys.rememberedStates), supervisor);
    const fresh = () => processConditions(get(keys.cameras), get(keys.desiredStates), supervisor);
    const store = new PgCameraChanges(get(keys.database));
    return new CameraWatch({ current, fresh }, store, get(keys.clock), NOTE_EVERY_MS);
  });
}

function wireSiteWatch(once: Once, { alertWebhookUrl }: AlertSite): void {
  once(keys.siteWatchStore, (get) => new PgSiteWatch(get(keys.database), get(keys.instanceId), get(keys.log)));
  once(keys.siteWatch, (get) => {
    const [store, news] = [get(keys.siteWatchStore), rolloutNews(get(keys.rolloutStore))];
    return new SiteWatch(store, news, siteDeliveryTargets(alertWebhookUrl !== ''), get(keys.clock), get(keys.log));
  });
  once(keys.healthReporter, (get) => {
    const check = () => get(keys.monitoring).parts(WATCHED_PARTS);
    const [name, store, clock, log] = [
      get(keys.instanceName),
      get(keys.siteWatchStore),
      get(keys.clock),
      get(keys.log),
    ];
    return new HealthReporter(name, check, store, clock, log, PUBLISH_EVERY_MS);
  });
}

function wireDelivery(once: Once, site: AlertSite): void {
  once(keys.deliveries, (get) => new PgDeliveries(get(keys.database)));
  once(keys.emailChannel, () => new EmailChannel({ smtpUrl: site.smtpUrl, from: site.alertEmailFrom }));
  once(keys.announcer, (get) => new PgAnnouncer(get(keys.database)));
  once(keys.deliveryWorker, (get) => {
    const policy = new AddressPolicy(site.webhookAllow);
    const webhooks = { url: site.alertWebhookUrl, secret: site.alertWebhookSecret, policy };
    const channels = {
      webhook: new WebhookChannel(webhooks, get(keys.clock)),
      email: get(keys.emailChannel),
      websocket: get(keys.announcer),
      log: new LogChannel(get(keys.log)),
    };
    return new DeliveryWorker(get(keys.deliveries), channels, get(keys.clock), get(keys.log));
  });
}

function wireSockets(once: Once): void {
  once(keys.liveEvents, (get) => new LiveEvents(new PgEventTail(get(keys.database)), () => get(keys.liveSockets)));
  once(keys.liveStatus, (get) => {
    const host = get(keys.workerHost);
    const status = async () => {
      const conditions = await processConditions(
        get(keys.rememberedCameras),
        get(keys.rememberedStates),
        get(keys.cameraController).supervisor,
      );
      const ids = [...(conditions?.keys() ?? [])];
      return new Map(await Promise.all(ids.map(async (id) => [id, (await host.counters(id)) ?? {}] as const)));
    };
    return new LiveStatus(status, () => get(keys.liveSockets));
  });
  once(keys.liveSockets, (get) => {
    const topics = { [EVENTS_PATH]: get(keys.liveEvents), [STATUS_PATH]: get(keys.liveStatus) };
    return new LiveSockets(topics, get(keys.log));
  });
}
