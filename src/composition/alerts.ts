import { alertHandlingOperations } from '../api/alerts/alert-handling-operations';
import { type Mounted, mounted } from '../api/http/mount';
import { LogChannel, siteDeliveryTargets } from '../application/alerts/alert-channel';
import { ActiveRules, AlertEvaluator } from '../application/alerts/alert-evaluator';
import { AlertHandlingService } from '../application/alerts/alert-handling-service';
import { AlertRuleService } from '../application/alerts/alert-rule-service';
import type { AlertsPort } from '../application/alerts/alerts-port';
import { CameraWatch } from '../application/alerts/camera-watch';
import { DeliveryWorker } from '../application/alerts/delivery-worker';
import { HealthReporter, SiteWatch, type SiteWatchStore } from '../application/alerts/site-watch';
import { processConditions } from '../application/camera-control/worker-states';
import type { MonitoringService } from '../application/monitoring/monitoring-service';
import { type ReadRollout, rolloutNews } from '../application/rollout/rollout-news';
import type { Log } from '../application/shared/log';
import { sharingReads } from '../application/shared/shared-reads';
import type { AlertRuleRepository } from '../domain/alerts/alert-rule';
import { WATCHED_PARTS } from '../domain/alerts/component-health';
import type { ViolationTypes } from '../domain/shared/event';
import { REST } from '../infrastructure/environment/scheduler';
import { AddressPolicy, WebhookChannel } from '../infrastructure/notify/webhook-channel';
import { EmailChannel } from '../infrastructure/notify/email-channel';
import type { LiveEvents } from '../infrastructure/notify/live-topics';
import { MqttChannel, type MqttLink } from '../infrastructure/notify/mqtt-link';
import type { Leader } from '../infrastructure/postgres/lead';
import { PgAlertArchive } from '../infrastructure/postgres/pg-alert-archive';
import { PgAlertRules, PgRuleFollower } from '../infrastructure/postgres/pg-alert-rules';
import { ALERTS_CHANNEL, PgAnnouncer, PgDeliveries } from '../infrastructure/postgres/pg-deliveries';
import { PgAlertFeed, PgEvaluationStore } from '../infrastructure/postgres/pg-evaluation-store';
import type { PgMembership } from '../infrastructure/postgres/pg-membership';
import { PgCameraChanges } from '../infrastructure/postgres/pg-revisions';
import { ROLLOUT_CHANNEL } from '../infrastructure/postgres/pg-rollout-store';
import { PgSiteWatch } from '../infrastructure/postgres/pg-site-watch';
import type { Cameras } from './cameras';
import type { Control } from './control';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';
import type { Rollout } from './rollout';

const NOTE_EVERY_MS = 5_000;
/** Others accept published health for 30 s. */
const PUBLISH_EVERY_MS = 20_000;
/** For what time alone decides; events wake it. Where nothing is due soon, this is the safety net. */
const EVALUATE_EVERY_MS = 1_000;
const EVALUATE_IDLE_MS = 10_000;
/** Events in quick succession are read together. */
const APART_MS = 100;
/** All rules are read each time: a client that writes rules in a row must not keep a service busy with it. */
const RULES_APART_MS = 250;
/** Both are woken; these are their safety nets. */
const FOLLOW_EVERY_MS = 30_000;
const DELIVER_EVERY_MS = 15_000;
const SITE_EVERY_MS = 5_000;
const SITE_CALM_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
const PARTS_EVERY_MS = 5_000;
/** Two at once do no harm: a step stored by one makes the other read again. */
const LEASE = { silentMs: 8_000, nearMs: 8_000 };

/** What others need of the alerts before those are created. */
export interface AlertStores {
  readonly rules: AlertRuleRepository;
  readonly archive: PgAlertArchive;
}

export const createAlertStores = ({ database }: Platform): AlertStores => ({
  rules: new PgAlertRules(database),
  archive: new PgAlertArchive(database),
});

/** Alert rules: how they are stored and evaluated, and how people are notified. */
export interface Alerts extends AlertStores {
  readonly domain: AlertsPort;
  readonly handling: AlertHandlingService;
  readonly active: ActiveRules;
  readonly follower: PgRuleFollower;
  readonly evaluator: AlertEvaluator;
  readonly cameraWatch: CameraWatch;
  readonly siteWatchStore: SiteWatchStore<ReadRollout>;
  readonly siteWatch: SiteWatch<ReadRollout>;
  readonly healthReporter: HealthReporter;
  readonly deliveries: PgDeliveries;
  readonly deliveryWorker: DeliveryWorker;
  readonly email: EmailChannel;
  readonly announcer: PgAnnouncer;
  readonly operations: readonly Mounted[];
}

export interface AlertSettings {
  readonly violationTypes: ViolationTypes;
  readonly webhookAllow: readonly string[];
  readonly alertWebhookUrl: string;
  readonly alertWebhookSecret: string;
  readonly smtpUrl: string;
  readonly alertEmailFrom: string;
}

interface Watched {
  readonly cameras: Cameras;
  readonly control: Control;
  readonly rollout: Rollout;
  readonly monitoring: Pick<MonitoringService, 'parts'>;
  readonly mqtt: MqttLink;
}

export function createAlerts(
  platform: Platform,
  stores: AlertStores,
  watched: Watched,
  settings: AlertSettings,
): Alerts {
  const { database, clock, log, instance } = platform;
  const { rules, archive } = stores;
  const feed = new PgAlertFeed(database, settings.violationTypes);
  const active = new ActiveRules();
  const follower = new PgRuleFollower(database, rules, active);
  const evaluations = new PgEvaluationStore(database, log);
  const siteWatchStore = new PgSiteWatch<ReadRollout>(database, instance.id, log);
  const news = rolloutNews(watched.rollout.store);
  const targets = siteDeliveryTargets(settings.alertWebhookUrl !== '');
  const check = () => watched.monitoring.parts(WATCHED_PARTS);
  const deliveries = new PgDeliveries(database);
  const handling = new AlertHandlingService(rules, archive, deliveries, feed, clock);
  return {
    ...stores,
    domain: sharingReads(new AlertRuleService(rules, archive, clock), ['list', 'history']),
    handling,
    active,
    follower,
    evaluator: new AlertEvaluator(feed, evaluations, active, () => follower.refresh(), clock, log),
    cameraWatch: createCameraWatch(platform, watched),
    siteWatchStore,
    siteWatch: new SiteWatch(siteWatchStore, news, targets, clock, log),
    healthReporter: new HealthReporter(instance.name, check, siteWatchStore, clock, log, PUBLISH_EVERY_MS),
    deliveries,
    ...createDelivery(platform, deliveries, watched.mqtt, settings),
    operations: mounted(alertHandlingOperations, handling),
  };
}

function createCameraWatch({ database, clock }: Platform, { cameras, control }: Watched): CameraWatch {
  const { controller } = control;
  const current = () => processConditions(cameras.current, control.rememberedStates, controller);
  const fresh = () => processConditions(cameras.repository, control.desired, controller);
  return new CameraWatch(
    { current, fresh, isHere: (id) => controller.holds(id) },
    new PgCameraChanges(database),
    clock,
    NOTE_EVERY_MS,
  );
}

function createDelivery(
  { database, clock, log }: Platform,
  deliveries: PgDeliveries,
  link: MqttLink,
  settings: AlertSettings,
) {
  const { alertWebhookUrl: url, alertWebhookSecret: secret } = settings;
  const email = new EmailChannel({ smtpUrl: settings.smtpUrl, from: settings.alertEmailFrom });
  const announcer = new PgAnnouncer(database);
  const channels = {
    webhook: new WebhookChannel({ url, secret, policy: new AddressPolicy(settings.webhookAllow) }, clock),
    email,
    websocket: announcer,
    mqtt: new MqttChannel(link),
    log: new LogChannel(log),
  };
  return { email, announcer, deliveryWorker: new DeliveryWorker(deliveries, channels, clock, log) };
}

/** Follows the rules, evaluates them in one service of the site, and delivers the alerts in all of them. */
export async function startAlerts(
  { log, connection, wakes }: Platform,
  alerts: Alerts,
  live: { readonly events: Pick<LiveEvents, 'alert'> },
  membership: PgMembership,
  life: Lifecycle,
): Promise<void> {
  const { follower, active, evaluator, cameraWatch, siteWatch, healthReporter, deliveryWorker, email } = alerts;
  await follower.refresh();
  life.onStop(async () => email.close());
  life.onStop(() => deliveryWorker.stop());
  const leader: Leader = {
    take: async () => void (await Promise.all([evaluator.take(), siteWatch.take()])),
    leave: async () => void (await Promise.all([evaluator.leave(), siteWatch.leave()])),
  };
  const leadership = await membership.lead('alert_evaluation', leader, LEASE);
  life.onStop(() => leadership.stop());
  await connection.listen(ALERTS_CHANNEL, announcing(alerts, live.events, log));
  const evaluate = async () => {
    await evaluator.run();
    return evaluator.isIdle ? REST : undefined;
  };
  const pace = { restMs: EVALUATE_IDLE_MS, apartMs: APART_MS };
  const evaluating = life.every(EVALUATE_EVERY_MS, 'evaluating the alert rules', evaluate, pace);
  const following = life.every(
    FOLLOW_EVERY_MS,
    'following the alert rules',
    async () => {
      const { revision } = active;
      await follower.refresh();
      if (active.revision !== revision) evaluating.wake();
    },
    { apartMs: RULES_APART_MS },
  );
  const watchSite = async () => ((await siteWatch.run()) ? REST : undefined);
  const watching = life.every(SITE_EVERY_MS, 'watching the site', watchSite, { restMs: SITE_CALM_MS });
  await connection.listen(ROLLOUT_CHANNEL, watching.wake);
  wakes.on('events', evaluating.wake);
  wakes.on('camera_changes', evaluating.wake);
  wakes.on('alert_rules', following.wake);
  wakes.on('sights', watching.wake);
  wakes.on('deliveries', () => deliveryWorker.wake());
  life.every(LOOK_EVERY_MS, 'watching the cameras', () => cameraWatch.look());
  life.every(PARTS_EVERY_MS, 'looking at the parts of this service', () => healthReporter.look());
  life.every(DELIVER_EVERY_MS, 'looking for deliveries', async () => deliveryWorker.wake());
}

/** Announced alerts reach the dashboards of this service; those missed while the connection was lost as well. */
function announcing({ announcer }: Alerts, events: Pick<LiveEvents, 'alert'>, log: Log) {
  const missed = async (ms: number) => {
    for (const payload of await announcer.since(ms)) events.alert(payload);
  };
  return (payload: string, missedMs: number): void => {
    if (payload !== '') events.alert(payload);
    else void missed(missedMs).catch((error: unknown) => log.warn('missed alerts cannot be read', { error }));
  };
}
