import { cameraOverviewOperations, cameraProbeOperations } from '../api/camera-control/camera-overview-operations';
import { type Mounted, mounted } from '../api/http/mount';
import { nodeOperations } from '../api/nodes/node-operations';
import type { CameraControlPort } from '../application/camera-control/camera-control-port';
import { CameraControlService } from '../application/camera-control/camera-control-service';
import { CameraController } from '../application/camera-control/camera-controller';
import { LiveCameras } from '../application/camera-control/live-cameras';
import { CameraPreviews, CameraProbes } from '../application/camera-control/camera-previews';
import { CameraSupervisor } from '../application/camera-control/camera-supervisor';
import { type ControlPorts, ControlRelay } from '../application/camera-control/control-relay';
import { FrameCounts } from '../application/camera-control/frame-counts';
import type { Configuration } from '../application/shared/configuration';
import { cameraSet } from '../application/cameras/camera-kind';
import type { NodeKeeper } from '../application/nodes/node-keeper';
import { NodeService } from '../application/nodes/nodes';
import type { Clock, Log } from '../application/shared/log';
import type { Camera } from '../domain/cameras/camera';
import type { DesiredStates } from '../domain/camera-control/process-rules';
import type { JsonObject } from '../domain/shared/json';
import { systemTimers } from '../infrastructure/environment/scheduler';
import { FrameGrabber } from '../infrastructure/ffmpeg/frame-grabber';
import { LivePictures } from '../infrastructure/notify/live-pictures';
import { PgControlRequests, PgDesiredStates } from '../infrastructure/postgres/pg-control-requests';
import type { PgMembership } from '../infrastructure/postgres/pg-membership';
import { NodeWorkerHost } from '../infrastructure/process/node-worker-host';
import { logPage } from '../infrastructure/process/worker-log';
import type { Cameras } from './cameras';
import type { PersonDetector } from './detection';
import { journalOf } from './events';
import type { Lifecycle } from './lifecycle';
import { type NodeSettings, createNode, startNode } from './nodes';
import type { Platform } from './platform';

const MOST_LOG_BYTES = 20_000_000;
/** Both are woken; this is their safety net. */
const FOLLOW_EVERY_MS = 30_000;
const SERVE_EVERY_MS = 30_000;
/** All cameras are read each time: changes in a row are followed together. */
const APART_MS = 50;
const SWEEP_EVERY_MS = 60_000;
/** States of cameras of other nodes are asked for this often at most. */
const ELSEWHERE_MS = 1_000;

/** The detection processes of the cameras. */
export interface Control {
  readonly detector: PersonDetector;
  readonly desired: DesiredStates;
  /** For callers that read all cameras frequently: read from the database only after a change. */
  readonly rememberedStates: Pick<DesiredStates, 'all'>;
  readonly host: NodeWorkerHost;
  readonly pictures: LivePictures;
  readonly controller: CameraController;
  readonly relay: ControlRelay;
  readonly grabber: FrameGrabber;
  readonly frameCounts: FrameCounts;
  readonly live: LiveCameras;
  readonly domain: CameraControlPort;
  readonly legacy: CameraControlPort;
  /** The same, carried out by this service alone. */
  readonly here: ControlPorts;
  readonly keeper: NodeKeeper;
  /** Those that are not switched. */
  readonly operations: readonly Mounted[];
}

interface WithPreviews {
  readonly previews: CameraPreviews;
}

interface ControlSettings extends NodeSettings {
  /** Program and arguments of a detection process. */
  readonly detectorCommand: readonly string[];
  readonly logDir: string;
}

function workersOf(settings: ControlSettings, { environment }: PersonDetector, log: Log): NodeWorkerHost {
  const { detectorCommand: command, dataDir, logDir } = settings;
  const files = { cwd: process.cwd(), dataDir, logDir, journal: journalOf(settings), logBytes: MOST_LOG_BYTES };
  return new NodeWorkerHost({ command, ...files, environment }, log);
}

export function createControl(
  platform: Platform,
  cameras: Cameras,
  detector: PersonDetector,
  settings: ControlSettings,
): Control {
  const { database, clock, log, wakes } = platform;
  const { repository, revisions, configuration } = cameras;
  const desired = new PgDesiredStates(database);
  const host = workersOf(settings, detector, log);
  const frameCounts = new FrameCounts();
  const timers = { ...systemTimers, wall: clock };
  const supervise = (mayRun: (id: string) => boolean) =>
    new CameraSupervisor(host, timers, log, {}, frameCounts, mayRun);
  const controller = new CameraController(cameras.current, desired, () => revisions.newest(), supervise, log);
  const grabber = new FrameGrabber(process.env);
  const previews = previewsOf(host, grabber, clock);
  const { keeper, nodes, relay } = createRelay(platform, controller, host.files.lease, settings);
  const service = services(cameras, { desired, controller, previews, host }, clock);
  const rememberedStates = { all: wakes.remembered('cameras', () => desired.all()) };
  const here = {
    domain: service((decide) => configuration.change(decide)),
    legacy: service((decide) => configuration.changeFile(decide)),
  };
  const domain = relay.over('domain', here.domain);
  const live = liveCameras(cameras, { controller, rememberedStates, domain });
  return {
    detector,
    desired,
    rememberedStates,
    host,
    pictures: new LivePictures(host.files),
    controller,
    relay,
    grabber,
    frameCounts,
    live,
    domain,
    legacy: relay.over('legacy', here.legacy),
    here,
    keeper,
    operations: [
      mounted(nodeOperations, new NodeService(nodes)),
      cameras.drafts((before, after) => controller.forecast(before, after)),
      mounted(cameraOverviewOperations, live),
      mounted(cameraProbeOperations, probesOf(repository, grabber, clock)),
    ].flat(),
  };
}

/** This service as a node, and how it reaches the others. */
function createRelay(platform: Platform, controller: CameraController, leaseFile: string, settings: NodeSettings) {
  const { database, wakes, log } = platform;
  const requests = new PgControlRequests(database, log);
  wakes.on('control_answers', requests.wake);
  const { keeper, nodes } = createNode(platform, controller, leaseFile, settings);
  const where = {
    get node() {
      return settings.node();
    },
    controls: () => controller.controls,
    shares: () => controller.shares,
    holds: (id: string) => controller.holds(id),
    holders: wakes.remembered('placements', () => nodes.holders()),
    place: async () => {
      await keeper.place();
      await keeper.follow();
    },
  };
  return { keeper, nodes, relay: new ControlRelay(where, requests, log) };
}

const liveCameras = (
  { current }: Cameras,
  { controller, rememberedStates, domain }: Pick<Control, 'controller' | 'rememberedStates' | 'domain'>,
) =>
  new LiveCameras({
    cameras: current,
    desired: rememberedStates,
    supervisor: () => (controller.controls && !controller.shares ? controller.supervisor() : undefined),
    elsewhere: { batchStatus: atMostEvery(ELSEWHERE_MS, () => domain.batchStatus({})) },
  });

const previewsOf = (host: NodeWorkerHost, grabber: FrameGrabber, clock: Clock) =>
  new CameraPreviews({ newest: (id) => host.picture(id), grab: (source, ms) => grabber.grab(source, ms) }, clock);

const probesOf = (cameras: Cameras['repository'], grabber: FrameGrabber, clock: Clock) =>
  new CameraProbes(cameras, (source, ms, over) => grabber.look(source, ms, over), clock);

/** The paths differ in how they change the flags of a camera; its process is the same. */
const services =
  (
    { repository, configuration }: Cameras,
    { desired, controller, previews, host }: Pick<Control, 'desired' | 'controller' | 'host'> & WithPreviews,
    clock: Clock,
  ) =>
  (change: Configuration<Camera>['change']) =>
    new CameraControlService({
      cameras: repository,
      desired,
      supervisor: controller.supervisor,
      configure: (id: string, fields: JsonObject) =>
        change((all, unseen) => cameraSet.replace(all, id, (c) => c.change(fields, clock()), unseen)),
      refresh: async () => {
        const { head } = await configuration.reconcile();
        await controller.follow();
        return head?.revision.number ?? 0;
      },
      previews,
      counters: (id: string) => host.counters(id),
      logPage,
      clock,
    });

/** The last answer, if it is not older. */
function atMostEvery<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly at: number } | undefined;
  return () => {
    if (!last || performance.now() - last.at > ms) {
      const asked = { answer: ask(), at: performance.now() };
      asked.answer.catch(() => {
        if (last === asked) last = undefined;
      });
      last = asked;
    }
    return last.answer;
  };
}

/**
 * Takes the control of this node's cameras, if no other service in its data folder has it, and follows the
 * configuration from then on.
 */
export async function startControl(
  { log, wakes }: Platform,
  { repository }: Cameras,
  control: Control,
  membership: PgMembership,
  life: Lifecycle,
): Promise<void> {
  const { controller, relay, host, grabber, here } = control;
  await startNode(control, { wakes, membership }, life);
  life.onStop(async () => control.pictures.close());
  void sayWhichFfmpeg(grabber, log).catch((error: unknown) => log.warn('no ffmpeg could be asked', { error }));
  wakes.on(
    'cameras',
    life.every(FOLLOW_EVERY_MS, 'following the cameras', () => controller.follow(), { apartMs: APART_MS }).wake,
  );
  const serve = () => relay.serve(here);
  wakes.on('control_requests', life.every(SERVE_EVERY_MS, 'answering the other services', serve).wake);
  life.every(SWEEP_EVERY_MS, 'removing the files of deleted cameras', async () => {
    if (controller.controls) await host.sweep((await repository.all()).map(({ id }) => id));
  });
}

/** Not awaited: it runs a program, and nothing waits for the result. */
async function sayWhichFfmpeg(grabber: FrameGrabber, log: Log): Promise<void> {
  const found = await grabber.describe();
  if (!found) return log.warn('there is no ffmpeg: the bundled detector and previews of cameras do not work');
  if (!found.bundled) return log.info(`video is decoded by ffmpeg ${found.version}`);
  log.info(
    `video is decoded by the ffmpeg that npm brought along (${found.version}, of 2018): install your distribution's, ` +
      'which gets fixes (apt-get install ffmpeg), or set FFMPEG_PATH',
  );
}
