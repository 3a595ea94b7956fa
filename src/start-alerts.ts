import type { DependencyContainer } from 'tsyringe';
import type { Server } from 'node:http';
import { locating, socketCaller } from './api/http/auth';
import { every } from './infrastructure/environment/scheduler';
import type { Leader } from './infrastructure/postgres/lead';
import { ALERTS_CHANNEL } from './infrastructure/postgres/pg-announcer';
import { PgListener } from './infrastructure/postgres/pg-listener';
import type { PgMembership } from './infrastructure/postgres/pg-membership';
import { DELIVERIES_CHANNEL } from './infrastructure/postgres/record-alerts';
import { keys } from './keys';

const EVALUATE_EVERY_MS = 200;
const FOLLOW_EVERY_MS = 400;
const LOOK_EVERY_MS = 1_000;
/** Two at once do no harm: what one of them stores makes the other read again. */
const EVALUATION = { silentMs: 8_000, nearMs: 8_000 };
const PARTS_EVERY_MS = 5_000;
const LIVE_EVERY_MS = 500;
const PING_EVERY_MS = 2_000;

/** Follows the rules, evaluates them in one service of the site, and delivers what they decide in all of them. */
export async function startAlerts(
  site: DependencyContainer,
  databaseUrl: string,
  membership: PgMembership,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  const log = site.resolve(keys.log);
  const [follower, worker] = [site.resolve(keys.ruleFollower), site.resolve(keys.deliveryWorker)];
  const [evaluator, watch] = [site.resolve(keys.alertEvaluator), site.resolve(keys.cameraWatch)];
  await follower.refresh();
  onStop(async () => site.resolve(keys.emailChannel).close());
  onStop(() => worker.stop());
  const [siteWatch, healthReporter] = [site.resolve(keys.siteWatch), site.resolve(keys.healthReporter)];
  const leader: Leader = {
    take: async () => void (await Promise.all([evaluator.take(), siteWatch.take()])),
    leave: async () => void (await Promise.all([evaluator.leave(), siteWatch.leave()])),
  };
  const leadership = await membership.lead('alert_evaluation', leader, EVALUATION);
  onStop(() => leadership.stop());
  const missed = async (ms: number) => {
    for (const payload of await site.resolve(keys.announcer).since(ms)) site.resolve(keys.liveEvents).alert(payload);
  };
  const heard = {
    [DELIVERIES_CHANNEL]: () => worker.wake(),
    [ALERTS_CHANNEL]: (payload: string, missedMs: number) => {
      if (payload !== '') site.resolve(keys.liveEvents).alert(payload);
      else void missed(missedMs).catch((error: unknown) => log.warn('missed alerts cannot be read', { error }));
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
    every(PARTS_EVERY_MS, 'looking at the parts of this service', () => healthReporter.look(), log),
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
