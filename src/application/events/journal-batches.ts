import { DETECTION, detectionOf } from '../../domain/events/detection';
import { openedBy } from '../../domain/events/opened-violation';
import { NoEvent, readEvent } from '../../domain/events/read-event';
import type { AcceptedTimes } from '../../domain/events/time-window';
import type { Event } from '../../domain/shared/event';
import { parsedJson } from '../../domain/shared/json';
import { verificationOf } from '../../domain/shared/verification';
import type { ViolationTypes } from '../../domain/shared/violation-types';
import type { Batch, Stretch } from './event-intake';
import type { JournalFile, JournalLines, Reject } from './journal';

/** Events of one journal line each, and what else there was. */
export interface ReadLines {
  /** Of the site. */
  readonly events: readonly Event[];
  /** How many there were of each verification of the rollout. */
  readonly verifications: ReadonlyMap<string, number>;
  readonly rejects: readonly Reject[];
}

/** Reads lines of a journal; an event that is there twice counts once, and a blank line not at all. */
export class JournalReading {
  private readonly events = new Map<string, Event>();
  private readonly verifying = new Map<string, string>();
  private readonly rejects: Reject[] = [];

  constructor(private readonly times: AcceptedTimes) {}

  add(lines: JournalLines['lines']): void {
    for (const line of lines) {
      if (line === '') continue;
      const event = typeof line === 'string' ? readEvent(parsedJson(line), this.times) : new NoEvent(line.why);
      if (event instanceof NoEvent) this.rejects.push({ why: event.why, line: typeof line === 'string' ? line : '' });
      else this.take(event);
    }
  }

  private take(event: Event): void {
    const verification = verificationOf(event.cameraId);
    if (verification !== undefined) this.verifying.set(event.id, verification);
    else if (!this.events.has(event.id)) this.events.set(event.id, event);
  }

  get result(): ReadLines {
    const verifications = new Map<string, number>();
    for (const id of this.verifying.values()) verifications.set(id, (verifications.get(id) ?? 0) + 1);
    return { events: [...this.events.values()], verifications, rejects: this.rejects };
  }
}

/** What a stretch of a journal file brings to the tables. */
export function batchOf(
  { id: file, path: name }: JournalFile,
  stretch: Stretch & { readonly tail: string },
  { events, verifications, rejects }: ReadLines,
  types: ViolationTypes,
): Batch {
  return {
    file,
    name,
    ...stretch,
    events: events
      .filter(({ type }) => type !== DETECTION)
      .map((event) => {
        const violation = openedBy(event, types);
        return violation ? { event, violation } : { event };
      }),
    detections: events.filter(({ type }) => type === DETECTION).map(detectionOf),
    verifications,
    rejected: rejects.length,
  };
}
