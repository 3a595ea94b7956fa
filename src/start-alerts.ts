import type { Server } from 'node:http';
import type { DependencyContainer } from 'tsyringe';
import { locating, socketCaller } from './api/http/auth';
import { every } from './infrastructure/environment/scheduler';
import { ALERTS_CHANNEL } from './infrastructure/postgres/pg-announcer';
import { type Leader, PgLeadership } from './infrastructure/postgres/pg-leadership';
import { PgListener } from './infrastructure/postgres/pg-listener';
import { DELIVERIES_CHANNEL } from './infrastructure/postgres/tell-alerts';
import { keys } from './keys';

const EVALUATE_EVERY_MS = 200;
const FOLLOW_EVERY_MS = 400;
const LOOK_EVERY_MS = 1_000;
const TIDY_EVERY_MS = 3_600_000;
const PARTS_EVERY_MS = 5_000;
const LIVE_EVERY_MS = 500;
const PING_EVERY_MS = 2_000;

/** Follows the rules, evaluates them in one service of the site, and delivers what they decide in all of them. */
export async function startAlerts(
  site: DependencyContainer,
  databaseUrl: string,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  const log = site.resolve(keys.log);
  const [follower, worker] = [site.resolve(keys.ruleFollower), site.resolve(keys.deliveryWorker)];
  const [evaluator, watch] = [site.resolve(keys.alertEvaluator), site.resolve(keys.cameraWatch)];
  await follower.refresh();
  onStop(async () => site.resolve(keys.emailChannel).close());
  onStop(() => worker.stop());
  const [siteWatch, looker] = [site.resolve(keys.siteWatch), site.resolve(keys.partLooker)];
  const leader: Leader = {
    take: async () => void (await Promise.all([evaluator.take(), siteWatch.take()])),
    leave: async () => void (await Promise.all([evaluator.leave(), siteWatch.leave()])),
  };
  const leadership = new PgLeadership(databaseUrl, 'watchgate.alert_evaluation', leader, log);
  await leadership.start();
  onStop(() => leadership.stop());
  const heard = {
    [DELIVERIES_CHANNEL]: () => worker.wake(),
    [ALERTS_CHANNEL]: (payload: string) => {
      if (payload !== '') site.resolve(keys.liveEvents).alert(payload);
    },
  };
  const listener = new PgListener(databaseUrl, heard, log);
  await listener.start();
  onStop(() => listener.stop());
  const tasks = [
    every(EVALUATE_EVERY_MS, 'evaluating the alert rules', () => evaluator.run(), log),
    every(FOLLOW_EVERY_MS, 'following the alert rules', () => follower.refresh(), log),
    every(LOOK_EVERY_MS, 'watching the cameras', () => watch.look(), log),
    every(LOOK_EVERY_MS, 'watching the site', () => siteWatch.run(), log),
    every(PARTS_EVERY_MS, 'looking at the parts of this service', () => looker.look(), log),
    every(TIDY_EVERY_MS, 'tidying up the alerts', () => site.resolve(keys.alertKeeping).tidy(), log),
    every(LOOK_EVERY_MS, 'looking for deliveries', async () => worker.wake(), log),
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
  const tasks = [
    every(LIVE_EVERY_MS, 'telling dashboards of events', () => events.look(), log),
    every(LOOK_EVERY_MS, 'telling dashboards of cameras', () => status.look(), log),
    every(LOOK_EVERY_MS, 'looking for sockets of revoked tokens', recheck, log),
    every(PING_EVERY_MS, 'the ping of dashboards', async () => events.ping(), log),
  ];
  onStop(async () => {
    await Promise.all(tasks.map((task) => task.stop()));
    sockets.close();
  });
}
