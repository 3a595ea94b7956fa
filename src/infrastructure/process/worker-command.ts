import type { WorkerSettings } from '../../application/camera-control/worker-settings';
import { maskAddress, maskText } from '../../domain/cameras/camera-secrets';

/** What a worker needs of this program's environment: where programs and its home are, its clock and its language. */
const INHERITED = ['PATH', 'HOME', 'TZ', 'LANG', 'FFMPEG_PATH'];

/**
 * The words of a command, with `{camera_id}`, `{source}` and the names of options replaced. Each word stays one word
 * whatever the value holds: there is no shell. A source in a command can be read by all users of the machine.
 */
export function commandWords(template: readonly string[], { id, source, options }: WorkerSettings): string[] {
  const values = new Map(Object.entries({ ...options, camera_id: id, source }));
  return template.map((word) => word.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole));
}

export const maskedWords = (words: readonly string[]): string[] => words.map((word) => maskText(maskAddress(word)));

/** The camera's own variables cannot replace those of the contract. */
export function workerEnvironment(settings: WorkerSettings, contract: Record<string, string>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const fixed = { CAMERA_ID: settings.id, CAMERA_SOURCE: settings.source, ...contract };
  return { ...Object.fromEntries(inherited), ...settings.env, ...fixed };
}
