import { CameraControlRuntime } from './application/camera-control/camera-control-runtime';
import { CameraControlService } from './application/camera-control/camera-control-service';
import { CameraPreviews } from './application/camera-control/camera-previews';
import { CameraSupervisor } from './application/camera-control/camera-supervisor';
import { FrameCounts } from './application/camera-control/frame-counts';
import { ControlRelay } from './application/camera-control/control-relay';
import type { CameraConfiguration } from './application/cameras/camera-configuration';
import * as cameraSet from './application/cameras/camera-set';
import type { JsonObject } from './domain/shared/json';
import { systemTimers } from './infrastructure/environment/system-timers';
import { FrameGrabber } from './infrastructure/ffmpeg/frame-grabber';
import { PgControlLine } from './infrastructure/postgres/pg-control-line';
import { PgDesiredStates } from './infrastructure/postgres/pg-desired-states';
import { lastLines } from './infrastructure/process/log-reader';
import { NodeWorkerHost } from './infrastructure/process/node-worker-host';
import { keys, type Once } from './keys';
import { journalOf } from './wire-events';

export interface ControlSite {
  /** Program and arguments of a detection process. */
  readonly command: readonly string[];
  readonly dataDir: string;
  readonly logDir: string;
}

const MOST_LOG_BYTES = 20_000_000;
const NOWHERE: ControlSite = { command: [], dataDir: '.', logDir: '.' };

export function wireControl(once: Once, site: ControlSite = NOWHERE): void {
  const { command, dataDir, logDir } = site;
  const journal = journalOf({ logDir });
  once(keys.desiredStates, (get) => new PgDesiredStates(get(keys.database)));
  wireRemembered(once);
  once(keys.workerHost, (get) => {
    const options = { command, cwd: process.cwd(), dataDir, logDir, journal, logBytes: MOST_LOG_BYTES };
    return new NodeWorkerHost(options, get(keys.log));
  });
  once(
    keys.controlRuntime,
    (get) =>
      new CameraControlRuntime(
        get(keys.cameras),
        get(keys.desiredStates),
        () => get(keys.revisions).newest(),
        () =>
          new CameraSupervisor(
            get(keys.workerHost),
            { ...systemTimers, wall: get(keys.clock) },
            get(keys.log),
            {},
            get(keys.frameCounts),
          ),
        get(keys.log),
      ),
  );
  once(keys.frameCounts, () => new FrameCounts());
  once(keys.frameGrabber, () => new FrameGrabber(process.env));
  once(keys.previews, (get) => {
    const grabber = get(keys.frameGrabber);
    const newest = (id: string) => get(keys.workerHost).picture(id);
    return new CameraPreviews({ newest, grab: (source, ms) => grabber.grab(source, ms) }, get(keys.clock));
  });
  once(keys.controlRelay, (get) => {
    const line = new PgControlLine(get(keys.database), get(keys.log));
    get(keys.wakes).on('control_answers', line.wake);
    return new ControlRelay(() => get(keys.controlRuntime).controls, line, get(keys.log));
  });
  const [onDomain, onLegacy] = [
    service((c) => (decide) => c.change(decide)),
    service((c) => (decide) => c.changeFile(decide)),
  ];
  once(keys.controlOnDomain, (get) => get(keys.controlRelay).over('domain', onDomain(get)));
  once(keys.controlOnLegacy, (get) => get(keys.controlRelay).over('legacy', onLegacy(get)));
}

function wireRemembered(once: Once): void {
  once(keys.rememberedCameras, (get) => ({
    all: get(keys.wakes).remembered('cameras', () => get(keys.cameras).all()),
  }));
  once(keys.rememberedStates, (get) => ({
    all: get(keys.wakes).remembered('cameras', () => get(keys.desiredStates).all()),
  }));
}

type Get = Parameters<Parameters<Once>[1]>[0];

/** The paths differ in how they change the flags of a camera; its process is the same. */
const service = (change: (c: CameraConfiguration) => CameraConfiguration['change']) => (get: Get) => {
  const [configuration, clock] = [get(keys.configuration), get(keys.clock)];
  return new CameraControlService({
    cameras: get(keys.cameras),
    desired: get(keys.desiredStates),
    supervisor: get(keys.controlRuntime).supervisor,
    configure: (id: string, fields: JsonObject) =>
      change(configuration)((all, unseen) => cameraSet.replace(all, id, (c) => c.change(fields, clock()), unseen)),
    refresh: async () => {
      const { head } = await configuration.settle();
      await get(keys.controlRuntime).follow();
      return head?.revision.number ?? 0;
    },
    previews: get(keys.previews),
    counters: (id: string) => get(keys.workerHost).counters(id),
    lastLines,
    clock,
  });
};
