import { maskText } from '../domain/cameras/camera-secrets';
import { findFfmpeg } from '../infrastructure/ffmpeg/ffmpeg-build';
import { type OpenCamera, openCamera } from '../infrastructure/ffmpeg/open-camera';
import { errorText } from '../infrastructure/system/files';
import { DetectionWorker } from './detection-worker';
import { exitCode } from './exit-code';
import { readWorkerSettings } from './worker-settings';

/** Twice as often as the contract asks for: the sooner it is known that no frames come any more. */
const STATUS_EVERY_MS = 500;

const say = (line: string): void => {
  const said = maskText(line).replaceAll(/\s*\n\s*/g, ' ');
  process.stderr.write(`${new Date().toISOString()} ${said}\n`);
};

async function watch(stopWith: (camera: OpenCamera) => void): Promise<never> {
  const settings = readWorkerSettings(process.env);
  const worker = new DetectionWorker(settings, say);
  worker.writeStatus();
  const ticking = setInterval(() => worker.writeStatus(), STATUS_EVERY_MS);
  try {
    const camera = await openCamera(settings.source, () => findFfmpeg(process.env), worker);
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
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      camera?.close();
      process.exit(0);
    });
  // Whoever reads this may have ended; the worker is to live on until somebody adopts it.
  process.stderr.on('error', () => undefined);
  watch((opened) => (camera = opened)).catch((error: unknown) => {
    process.exitCode = exitCode(error);
    say(errorText(error));
  });
}

main();
