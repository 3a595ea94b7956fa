import { DomainError } from '../shared/domain-error';
import type { JsonObject } from '../shared/json';

export const violationStatuses = ['pending', 'confirmed', 'false_positive', 'resolved'] as const;
export type ViolationStatus = (typeof violationStatuses)[number];
/** The status of a new violation; one that returns to it counts as not handled. */
export const FIRST_VIOLATION_STATUS: ViolationStatus = 'pending';

const NOTES = 2_000;
const NAME = 100;

/** The stored fields of a violation. */
export interface ViolationFields {
  readonly id: number;
  readonly cameraId: string;
  readonly timestamp: Date;
  readonly violationType: string;
  readonly trackId: number | null;
  /** 0 to 1. */
  readonly confidence: number | null;
  readonly status: ViolationStatus;
  readonly snapshotPath: string | null;
  /** `x`, `y`, `width`, `height` in pixels. */
  readonly bbox: JsonObject | null;
  readonly handledAt: Date | null;
  readonly handledBy: string | null;
  readonly notes: string | null;
  /** Number of changes; a change based on another version than the stored one is refused. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A decision on a violation; notes and name stay unchanged when absent. */
export interface Handling {
  readonly status: ViolationStatus;
  readonly notes?: string;
  readonly handledBy?: string;
  /** The version the decision is based on. */
  readonly version?: number;
}

/** A breach of a rule that a detector saw, and how it was handled. It is opened by its event. */
export class Violation {
  private constructor(readonly fields: ViolationFields) {}

  static restore(fields: ViolationFields): Violation {
    return new Violation(fields);
  }

  /** Any status may follow any other. Throws `violation.changed` when somebody else changed it first. */
  handle({ status, notes, handledBy, version }: Handling, now: Date): Violation {
    const known = this.fields;
    if (version !== undefined && version !== known.version) throw changedMeanwhile(known.id, known.version, version);
    return new Violation({
      ...known,
      status,
      notes: notes ?? known.notes,
      handledBy: handledBy ?? known.handledBy,
      handledAt: status === FIRST_VIOLATION_STATUS ? null : (known.handledAt ?? now),
      version: known.version + 1,
      updatedAt: now,
    });
  }
}

/** Reads a decision on a violation from a request. Throws `violation.invalid` with every fault. */
export function readHandling(sent: {
  status: string;
  notes?: string;
  handled_by?: string;
  version?: number;
}): Handling {
  const { status, notes, handled_by: handledBy, version } = sent;
  const known = violationStatuses.find((s) => s === status);
  const faults = [
    ...(known
      ? []
      : [
          {
            path: ['status'],
            message: `must be one of ${violationStatuses.join(', ')}`,
            type: 'enum',
            params: { values: violationStatuses },
          },
        ]),
    ...tooLong('notes', notes, NOTES),
    ...tooLong('handled_by', handledBy, NAME),
  ];
  if (!known || faults.length > 0) {
    const words = faults.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
    throw new DomainError('violation.invalid', `${words}.`, { faults });
  }
  return {
    status: known,
    ...(notes === undefined ? {} : { notes }),
    ...(handledBy === undefined ? {} : { handledBy }),
    ...(version === undefined ? {} : { version }),
  };
}

const tooLong = (field: string, text: string | undefined, most: number) =>
  text !== undefined && text.length > most
    ? [
        {
          path: [field],
          message: `must have at most ${most} characters`,
          type: 'string_too_long',
          params: { max: most },
        },
      ]
    : [];

const changedMeanwhile = (id: number, stored: number, sent: number): DomainError =>
  new DomainError(
    'violation.changed',
    `Violation ${id} is at version ${stored}, not ${sent}: somebody changed it. Read it again.`,
    { params: { id, stored, sent }, extra: { version: stored } },
  );

export const violationNotFound = (id: number): DomainError =>
  new DomainError('violation.not_found', `There is no violation ${id}.`, { params: { id } });
