import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** A line of the journal as detectors write it; `ts` is seconds since 1970. */
export const eventLine = (fields: object): object => ({
  id: randomUUID(),
  type: 'HANDWASHING_ACTIVE',
  camera_id: 'cam1',
  track_id: 7,
  evidence: { region: 'sink', confidence: 0.5 },
  ...fields,
});

/** Appends events, or whatever is no text, to a journal; texts are written as they are, a line each. */
export function write(journal: string, ...lines: readonly (object | string)[]): void {
  appendFileSync(journal, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
}
