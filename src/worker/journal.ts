import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

export type EventType = 'motion_started' | 'motion_ended' | 'frozen' | 'unfrozen' | 'detection';

export interface JournalEvent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly ts: number;
  readonly type: EventType;
  readonly camera_id: string;
  /** This detector follows no objects, so that all its events are of the track 0. */
  readonly track_id: number;
  readonly evidence: Readonly<Record<string, number>>;
}

/** Events that many processes append to one file, one line each. */
export class Journal {
  constructor(
    private readonly file: string,
    private readonly cameraId: string,
  ) {}

  /**
   * Opened anew for each event, because the file may be rotated; written at once, so that lines do not mix. It begins with
   * the end of the line before, which may have been torn: a blank line counts for nothing.
   */
  append(type: EventType, ts: number, evidence: JournalEvent['evidence']): void {
    const event: JournalEvent = { id: randomUUID(), ts, type, camera_id: this.cameraId, track_id: 0, evidence };
    const line = Buffer.from(`\n${JSON.stringify(event)}\n`);
    const file = openSync(this.file, 'a');
    try {
      if (writeSync(file, line) < line.length) throw new Error('the disk took only a part of the event');
    } finally {
      closeSync(file);
    }
  }
}
