import { rmSync } from 'node:fs';
import { type JsonObject, isJsonObject, parsedJson } from '../domain/shared/json';
import { type ModelChoice, modelsOf } from '../infrastructure/onnx/model-store';
import { OnnxPersonFinder } from '../infrastructure/onnx/onnx-person-finder';
import { errorText, replaceFile } from '../infrastructure/system/files';
import { LookServer } from './look-server';

/** Often enough for a supervision that notices within seconds that it stands still. */
const STATUS_EVERY_MS = 300;

const say = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`not set: ${name}`);
  return value;
}

/** The choice of models comes from the service that started this process, which checked it. */
function choice(text: string): ModelChoice {
  const said: unknown = parsedJson(text);
  if (!isJsonObject(said)) throw new Error('DETECTOR_CHOICE is not valid');
  return said as JsonObject & ModelChoice;
}

async function main(): Promise<void> {
  process.umask(0o077);
  // The reader of this output may have ended; this process goes on until it is adopted.
  process.stderr.on('error', () => undefined);
  const [socket, statusFile] = [needed('DETECTOR_SOCKET'), needed('STATUS_FILE')];
  const models = modelsOf(choice(needed('DETECTOR_CHOICE')));
  const server = new LookServer(await OnnxPersonFinder.open(models), say);
  // Only one such process runs for a service: what lies there is of one that was killed.
  rmSync(socket, { force: true });
  await server.listen(socket);
  say(`looking with ${models.name}`);
  let beats = 0;
  const beat = () => {
    beats += 1;
    const { looks, cameras, waits } = server;
    const said = {
      frames: beats,
      state: 'running',
      looks,
      cameras,
      wait_ms: Math.round(waits.p95()),
      model: models.name,
    };
    replaceFile(statusFile, JSON.stringify({ ...said, rss_mb: Math.round(process.memoryUsage.rss() / 1e6) }));
  };
  beat();
  setInterval(beat, STATUS_EVERY_MS);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      server.close();
      rmSync(socket, { force: true });
      process.exit(0);
    });
}

main().catch((error: unknown) => {
  say(errorText(error));
  process.exitCode = 1;
});
