import type { Server } from 'node:http';
import type { DependencyContainer } from 'tsyringe';
import { locating, socketCaller } from './api/http/auth';
import { every, REST } from './infrastructure/environment/scheduler';
import { ALERTS_CHANNEL } from './infrastructure/postgres/pg-announcer';
import type { Leader } from './infrastructure/postgres/lead';
import type { PgMembership } from './infrastructure/postgres/pg-membership';
import { ROLLOUT_CHANNEL } from './infrastructure/postgres/pg-rollout-store';
import { keys } from './keys';

/** For what time alone decides; events wake. Where nothing is due soon, this is the safety net. */
const EVALUATE_EVERY_MS = 1_000;
const EVALUATE_IDLE_MS = 10_000;
/** What is written in a row is read together. */
const APART_MS = 100;
/** Both are woken; these are their safety nets. */
const FOLLOW_EVERY_MS = 30_000;
const DELIVER_EVERY_MS = 15_000;
const SITE_EVERY_MS = 5_000;
const SITE_CALM_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
/** Two at once do no harm: what one of them stores makes the other read again. */
const EVALUATION = { silentMs: 8_000, nearMs: 8_000 };
const PARTS_EVERY_MS = 5_000;
/** Events wake; this is the safety net. */
const LIVE_EVERY_MS = 2_000;
const PING_EVERY_MS = 2_000;

/** Follows the rules, evaluates them in one service of the site, and delivers what they decide in all of them. */
export async function startAlerts(
  site: DependencyContainer,
  membership: PgMembership,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  const log = site.resolve(keys.log);
  const [follower, worker] = [site.resolve(keys.ruleFollower), site.resolve(keys.deliveryWorker)];
  const evaluator = site.resolve(keys.alertEvaluator);
  await follower.refresh();
  onStop(async () => site.resolve(keys.emailChannel).close());
  onStop(() => worker.stop());
  const siteWatch = site.resolve(keys.siteWatch);
  const leader: Leader = {
    take: async () => void (await Promise.all([evaluator.take(), siteWatch.take()])),
    leave: async () => void (await Promise.all([evaluator.leave(), siteWatch.leave()])),
  };
  const leadership = await membership.lead('alert_evaluation', leader, EVALUATION);
  onStop(() => leadership.stop());
  const missed = async (ms: number) => {
    for (const payload of await site.resolve(keys.announcer).since(ms)) site.resolve(keys.liveEvents).alert(payload);
  };
  await site.resolve(keys.connection).listen(ALERTS_CHANNEL, (payload, missedMs) => {
    if (payload !== '') site.resolve(keys.liveEvents).alert(payload);
    else void missed(missedMs).catch((error: unknown) => log.warn('missed alerts cannot be read', { error }));
  });
  await startLoops(site, onStop);
}

/** What is done again and again, and what wakes it. */
async function startLoops(site: DependencyContainer, onStop: (undo: () => Promise<unknown>) => void): Promise<void> {
  const [log, wakes, book] = [site.resolve(keys.log), site.resolve(keys.wakes), site.resolve(keys.ruleBook)];
  const [follower, worker] = [site.resolve(keys.ruleFollower), site.resolve(keys.deliveryWorker)];
  const [evaluator, watch] = [site.resolve(keys.alertEvaluator), site.resolve(keys.cameraWatch)];
  const [siteWatch, looker] = [site.resolve(keys.siteWatch), site.resolve(keys.partLooker)];
  const evaluate = async () => {
    await evaluator.run();
    return evaluator.isIdle ? REST : undefined;
  };
  const evaluating = every(EVALUATE_EVERY_MS, 'evaluating the alert rules', evaluate, log, {
    restMs: EVALUATE_IDLE_MS,
    apartMs: APART_MS,
  });
  const follow = async () => {
    const { revision } = book;
    await follower.refresh();
    if (book.revision !== revision) evaluating.wake();
  };
  const following = every(FOLLOW_EVERY_MS, 'following the alert rules', follow, log);
  const watchSite = async () => ((await siteWatch.run()) ? REST : undefined);
  const watching = every(SITE_EVERY_MS, 'watching the site', watchSite, log, { restMs: SITE_CALM_MS });
  await site.resolve(keys.connection).listen(ROLLOUT_CHANNEL, watching.wake);
  wakes.on('events', evaluating.wake);
  wakes.on('camera_changes', evaluating.wake);
  wakes.on('alert_rules', following.wake);
  wakes.on('sights', watching.wake);
  wakes.on('deliveries', () => worker.wake());
  const tasks = [
    evaluating,
    following,
    watching,
    every(LOOK_EVERY_MS, 'watching the cameras', () => watch.look(), log),
    every(PARTS_EVERY_MS, 'looking at the parts of this service', () => looker.look(), log),
    every(DELIVER_EVERY_MS, 'looking for deliveries', async () => worker.wake(), log),
  ];
  onStop(() => Promise.all(tasks.map((task) => task.stop())));
}

/** Web sockets on the server that also answers HTTP. */
export function startSockets(
  site: DependencyContainer,
  server: Server,
  trustedProxy: readonly string[],
  onStop: (undo: () => Promise<unknown>) => void,
): void {
  const log = site.resolve(keys.log);
  const [sockets, events, status] = [
    site.resolve(keys.liveSockets),
    site.resolve(keys.liveEvents),
    site.resolve(keys.liveStatus),
  ];
  const locate = locating(trustedProxy);
  sockets.attach(server, (request) => {
    locate(request);
    return socketCaller(site.resolve(keys.gate), request);
  });
  const authenticator = site.resolve(keys.authenticator);
  const recheck = async () => sockets.recheck((id) => authenticator.isUsable(id));
  const telling = every(LIVE_EVERY_MS, 'telling dashboards of events', () => events.look(), log, { apartMs: APART_MS });
  events.onJoin = telling.wake;
  site.resolve(keys.wakes).on('events', telling.wake);
  const tasks = [
    telling,
    every(LOOK_EVERY_MS, 'telling dashboards of cameras', () => status.look(), log),
    every(LOOK_EVERY_MS, 'looking for sockets of revoked tokens', recheck, log),
    every(PING_EVERY_MS, 'the ping of dashboards', async () => events.ping(), log),
  ];
  onStop(async () => {
    await Promise.all(tasks.map((task) => task.stop()));
    sockets.close();
  });
}
