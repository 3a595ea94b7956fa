import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { detectionOperations } from '../api/detection/detection-operations';
import { type Mounted, mounted } from '../api/http/mount';
import { CameraSupervisor } from '../application/camera-control/camera-supervisor';
import type { WorkerSettings } from '../application/camera-control/worker-host';
import { LOOKS_PER_SECOND } from '../application/detection/scene-watch';
import { DetectionService } from '../application/detection/detection-service';
import type { DetectorCondition } from '../application/monitoring/probes';
import { DomainError, Unavailable } from '../domain/shared/domain-error';
import type { JsonObject } from '../domain/shared/json';
import { sha256 } from '../domain/shared/sha256';
import { CANVAS_ID, Region } from '../domain/regions/region';
import type { ModelSettings } from '../infrastructure/environment/detector-settings';
import { systemTimers } from '../infrastructure/environment/scheduler';
import { evidenceJpeg } from '../infrastructure/ffmpeg/evidence-picture';
import type { FrameGrabber } from '../infrastructure/ffmpeg/frame-grabber';
import { filmPictures } from '../infrastructure/ffmpeg/film';
import { SourceFailure } from '../infrastructure/ffmpeg/source-failure';
import { LookClient } from '../infrastructure/looks/look-client';
import { whyNoLooks } from '../infrastructure/onnx/model-store';
import { NodeWorkerHost } from '../infrastructure/process/node-worker-host';
import { noneIfAbsent } from '../infrastructure/system/files';
import type { Cameras } from './cameras';
import type { Platform } from './platform';
import type { Regions } from './regions';

const ID = 'person-detector';
const MOST_LOG_BYTES = 5_000_000;
/** A process without a camera of its own is missed by all at once: it is given up and started again within five seconds. */
const RULES = { stalledAfter: 1_200, stalledLimit: 2_500, killAfter: 500, firstBackoff: 500, longestBackoff: 30_000 };
/** The longest address that every system takes for a socket. */
const LONGEST_SOCKET = 100;
const CONNECT_MS = 3_000;

interface Settings extends ModelSettings {
  readonly dataDir: string;
  readonly logDir: string;
  readonly regionsFile: string;
  /** 0: this service has no cameras to look at. */
  readonly nodeCapacity?: number;
}

/** The process that looks for persons, for all cameras of this machine. */
export interface PersonDetector {
  /** What every worker is told of it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly socket: string;
  take(): Promise<void>;
  leave(keep: boolean): Promise<void>;
  condition(): Promise<DetectorCondition>;
  readonly state: { readonly state: string; readonly note?: string | undefined };
}

export function createDetector({ clock, log }: Platform, settings: Settings): PersonDetector {
  const { detector, dataDir, logDir, regionsFile, nodeCapacity } = settings;
  const isWanted = detector === 'auto' && nodeCapacity !== 0;
  const note = isWanted ? whyNoLooks(settings) : undefined;
  const isUsed = isWanted && note === undefined;
  const socket = socketIn(dataDir);
  const main = path.join(__dirname, '../detector/main.js');
  const host = new NodeWorkerHost(
    {
      // Pictures lie outside of its heap: a small one keeps it small.
      command: [process.execPath, '--max-semi-space-size=1', main],
      cwd: process.cwd(),
      dataDir: path.join(dataDir, 'detector'),
      logDir: path.join(logDir, 'detector'),
      journal: '',
      logBytes: MOST_LOG_BYTES,
    },
    log,
  );
  let supervisor: CameraSupervisor | undefined;
  const state = () => (isUsed ? stateOf(supervisor) : { state: isWanted ? 'absent' : 'off', note });
  return {
    socket,
    environment: {
      REGIONS_FILE: regionsFile,
      ...(isUsed ? { DETECTOR_SOCKET: socket, DETECTOR_BLUR_HEADS: String(settings.detectorBlurHeads) } : {}),
    },
    take: async () => {
      supervisor = new CameraSupervisor(host, { ...systemTimers, wall: clock }, log, RULES);
      const wanted = isUsed ? [processSettings(settings, socket)] : [];
      const adopted = await supervisor.adopt(wanted);
      if (isUsed && adopted.length === 0) await supervisor.start(processSettings(settings, socket));
      if (note !== undefined) log.info(note);
    },
    leave: async (keep) => {
      const ending = supervisor;
      supervisor = undefined;
      await ending?.close({ stopWorkers: !keep });
    },
    condition: async () => ({ ...state(), details: detailsOf(await host.files.readAll(ID)) }),
    get state() {
      return state();
    },
  };
}

function stateOf(supervisor: CameraSupervisor | undefined) {
  if (!supervisor) return { state: 'elsewhere' };
  const { state, reason } = supervisor.view(ID);
  return { state, ...(reason === null ? {} : { note: reason }) };
}

const detailsOf = ({
  looks = 0,
  cameras = 0,
  wait_ms = 0,
  model = null,
  rss_mb = null,
}: JsonObject = {}): JsonObject => ({
  looks,
  cameras,
  wait_ms,
  model,
  rss_mb,
});

function processSettings(settings: Settings, socket: string): WorkerSettings {
  const { detectorPersons, detectorModel, detectorModelLabels, detectorModelLayout } = settings;
  const { detectorModelOn, detectorModelSize, dataDir } = settings;
  const choice = { dataDir: path.resolve(dataDir), detectorPersons, detectorModel, detectorModelLabels };
  const all = { ...choice, detectorModelLayout, detectorModelOn, detectorModelSize };
  const env = { DETECTOR_SOCKET: socket, DETECTOR_CHOICE: JSON.stringify(all) };
  return { id: ID, source: '', expectedFps: 0, env, options: {} };
}

function socketIn(dataDir: string): string {
  const near = path.join(path.resolve(dataDir), 'looks.sock');
  return near.length <= LONGEST_SOCKET ? near : path.join(tmpdir(), `watchgate-${sha256(near).slice(0, 16)}.sock`);
}

/** What is seen of persons, and trying the rules on films. */
export interface PersonDetection {
  readonly service: DetectionService;
  readonly operations: readonly Mounted[];
}

interface Known {
  readonly cameras: Pick<Cameras, 'repository'>;
  readonly regions: Pick<Regions, 'repository'>;
  readonly control: { readonly host: NodeWorkerHost; readonly grabber: FrameGrabber };
  readonly detector: PersonDetector;
}

export function createDetection({ cameras, regions, control, detector }: Known, settings: Settings): PersonDetection {
  const { host, grabber } = control;
  const service = new DetectionService({
    camera: async (id) => (await cameras.repository.get(id))?.settings,
    regions: async () => {
      const all = await regions.repository.all();
      const canvas = all.find(({ id }) => id === CANVAS_ID)?.fields ?? {};
      return { regions: all.flatMap((each) => (each instanceof Region ? [each.fields] : [])), canvas };
    },
    seen: (id) => host.files.readAll(id),
    detector: () => detector.state,
    looker: () => connected(detector),
    film: (name, source, size) => film(grabber, fileOf(name, source, settings.dataDir), size),
    jpeg: async ({ picture, main, others, outline }) => {
      const marks = { ...(main ? { main } : {}), others, outline, blurHeads: settings.detectorBlurHeads };
      return evidenceJpeg(await grabber.build(), picture, marks);
    },
  });
  return { service, operations: mounted(detectionOperations, service) };
}

async function connected({ socket, state }: PersonDetector) {
  const client = new LookClient(socket);
  for (let waited = 0; waited < CONNECT_MS && !client.isAlive; waited += 50)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (client.isAlive) return { looker: client, close: () => client.close() };
  client.close();
  const why = state.note ?? `its process is ${state.state}`;
  throw new Unavailable('detection.unavailable', `Nobody looks for persons now: ${why}`, 'not-started', undefined, {
    why,
  });
}

/** A name is no path: what may be looked at lies in one folder, or is a camera's source already. */
function fileOf(name: string | undefined, source: string, dataDir: string): string | undefined {
  const file = name === undefined ? source : path.join(dataDir, 'films', path.basename(name));
  return /^[a-z][a-z0-9+.-]*:/i.test(file) || !isFile(file) ? undefined : file;
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch (error) {
    return noneIfAbsent(error) ?? false;
  }
}

type LookSize = Pick<Parameters<typeof filmPictures>[2], 'width' | 'height'>;

function film(grabber: FrameGrabber, file: string | undefined, size: LookSize) {
  return file === undefined ? undefined : pictures(grabber, file, size);
}

async function* pictures(grabber: FrameGrabber, file: string, size: LookSize) {
  try {
    yield* filmPictures(await grabber.build(), file, { ...size, perSecond: LOOKS_PER_SECOND });
  } catch (cause) {
    if (!(cause instanceof SourceFailure)) throw cause;
    throw new DomainError('detection.film_unusable', `The film ${path.basename(file)} is no video.`, {
      cause,
      params: { film: path.basename(file) },
    });
  }
}
