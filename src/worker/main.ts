import { maskText } from '../domain/cameras/camera-secrets';
import { findFfmpeg } from '../infrastructure/ffmpeg/ffmpeg-build';
import { type OpenCamera, openCamera } from '../infrastructure/ffmpeg/open-camera';
import { type FailureReason, SourceFailure } from '../infrastructure/ffmpeg/source-failure';
import { errorText } from '../infrastructure/system/files';
import { leaseLeft } from '../infrastructure/system/lease-file';
import { DetectionWorker, readWorkerSettings } from './detection-worker';
import { readPersonSettings } from './person-watch';

const EXIT_CODES: Record<FailureReason, number> = {
  unusable: 1,
  'auth-failed': 20,
  'not-found': 21,
  unreachable: 22,
  unresolvable: 23,
  'not-a-video': 24,
  ended: 25,
};

const exitCode = (error: unknown): number => (error instanceof SourceFailure ? EXIT_CODES[error.reason] : 1);

/** Twice as often as the contract requires, so that missing frames are noticed early. */
const STATUS_EVERY_MS = 500;

const LEASE_EVERY_MS = 1_000;

/** Ends this worker when its node may not run the camera any more: another node may have it from then on. */
function endWithLease(file: string | undefined, end: () => void): void {
  if (!file) return;
  let until = Infinity;
  const look = (): void => {
    const left = leaseLeft(file);
    // A file that is just being written says what it said before.
    if (left !== undefined) until = performance.now() + left;
    if (performance.now() < until)
      return void setTimeout(look, Math.min(LEASE_EVERY_MS, until - performance.now())).unref();
    say('the lease of this node is over');
    end();
  };
  look();
}

const say = (line: string): void => {
  const said = maskText(line).replaceAll(/\s*\n\s*/g, ' ');
  process.stderr.write(`${new Date().toISOString()} ${said}\n`);
};

async function watch(stopWith: (camera: OpenCamera) => void): Promise<never> {
  const settings = readWorkerSettings(process.env);
  const worker = new DetectionWorker(settings, say);
  let found: ReturnType<typeof findFfmpeg> | undefined;
  worker.writeStatus();
  const ticking = setInterval(() => worker.writeStatus(), STATUS_EVERY_MS);
  try {
    const persons = readPersonSettings(process.env);
    const build = () => (found ??= findFfmpeg(process.env));
    if (persons) worker.lookFor(persons, build);
    const camera = await openCamera(settings.source, build, worker, persons ? { looks: persons.size } : {});
    stopWith(camera);
    throw await camera.failed;
  } finally {
    clearInterval(ticking);
    worker.writeStatus();
  }
}

function main(): void {
  process.umask(0o077);
  let camera: OpenCamera | undefined;
  const end = () => {
    camera?.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
  endWithLease(process.env.LEASE_FILE, end);
  // The reader of this output may have ended; the worker has to live on until it is adopted.
  process.stderr.on('error', () => undefined);
  watch((opened) => (camera = opened)).catch((error: unknown) => {
    process.exitCode = exitCode(error);
    say(errorText(error));
  });
}

main();
