import type { DependencyContainer } from 'tsyringe';
import type { ControlPorts } from './application/camera-control/control-relay';
import type { Log } from './application/shared/log';
import { every } from './infrastructure/environment/scheduler';
import type { PgMembership } from './infrastructure/postgres/pg-membership';
import { keys } from './keys';

/** Both are woken; this is their safety net. */
const FOLLOW_EVERY_MS = 30_000;
const SERVE_EVERY_MS = 30_000;
const SWEEP_EVERY_MS = 60_000;
/** Longer than a failover of the database takes; a camera must never have two processes, so the holder ends its own in time. */
const CONTROL = { silentMs: 30_000, nearMs: 8_000, fenceMs: 20_000 };

/** Takes the control of the cameras, if no other service of this site has it, and follows the configuration from then on. */
export async function startControl(
  site: DependencyContainer,
  membership: PgMembership,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  const [log, runtime] = [site.resolve(keys.log), site.resolve(keys.cameraController)];
  const leader = { take: () => runtime.take(), leave: (near: boolean) => runtime.leave(near) };
  const leadership = await membership.lead('camera_control', leader, CONTROL);
  onStop(() => leadership.stop());
  const wakes = site.resolve(keys.wakes);
  void sayWhichFfmpeg(site, log).catch((error: unknown) => log.warn('no ffmpeg could be asked', { error }));
  const following = every(FOLLOW_EVERY_MS, 'following the cameras', () => runtime.follow(), log);
  wakes.on('cameras', following.wake);
  onStop(() => following.stop());
  const [relay, ports] = [site.resolve(keys.controlRelay), portsOf(site)];
  const serving = every(SERVE_EVERY_MS, 'answering the other services', () => relay.serve(ports), log);
  wakes.on('control_requests', serving.wake);
  onStop(() => serving.stop());
  const cameras = site.resolve(keys.cameras);
  const sweep = async () => {
    if (runtime.controls) await site.resolve(keys.workerHost).sweep((await cameras.all()).map(({ id }) => id));
  };
  const sweeping = every(SWEEP_EVERY_MS, 'removing the files of deleted cameras', sweep, log);
  onStop(() => sweeping.stop());
}

/** Not awaited: it asks a program, and nothing waits for its answer. */
async function sayWhichFfmpeg(site: DependencyContainer, log: Log): Promise<void> {
  const found = await site.resolve(keys.frameGrabber).describe();
  if (!found) return log.warn('there is no ffmpeg: the bundled detector and previews of cameras do not work');
  if (!found.bundled) return log.info(`video is decoded by ffmpeg ${found.version}`);
  log.info(
    `video is decoded by the ffmpeg that npm brought along (${found.version}, of 2018): install your distribution's, ` +
      'which gets fixes (apt-get install ffmpeg), or set FFMPEG_PATH',
  );
}

const portsOf = (site: DependencyContainer): ControlPorts => ({
  domain: site.resolve(keys.controlOnDomain),
  legacy: site.resolve(keys.controlOnLegacy),
});
