import { DomainError } from '../shared/domain-error';

export const alertStatuses = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** What people did about an alert. */
export interface AlertFields {
  readonly id: number;
  readonly status: AlertStatus;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly note: string | null;
}

interface AlertHandling {
  readonly by: string | null;
  /** The note so far stays where there is none. */
  readonly note: string | null;
}

/**
 * What a rule found, and what people did about it: open, then acknowledged, then resolved; one that is open may be
 * resolved at once. Who was first stays noted, whoever does the same again. Immutable.
 */
export class Alert {
  private constructor(readonly fields: AlertFields) {}

  static restore(fields: AlertFields): Alert {
    return new Alert(fields);
  }

  /** Somebody takes care of it. Throws `alert.resolved` when that was done already. */
  acknowledge({ by, note }: AlertHandling, now: Date): Alert {
    const { id, status, acknowledgedAt, acknowledgedBy } = this.fields;
    if (status === 'resolved') throw new DomainError('alert.resolved', `Alert ${id} is resolved already.`);
    return new Alert({
      ...this.fields,
      status: 'acknowledged',
      acknowledgedAt: acknowledgedAt ?? now,
      acknowledgedBy: acknowledgedBy ?? by,
      note: note ?? this.fields.note,
    });
  }

  /** It is dealt with. */
  resolve({ by, note }: AlertHandling, now: Date): Alert {
    const { resolvedAt, resolvedBy } = this.fields;
    return new Alert({
      ...this.fields,
      status: 'resolved',
      resolvedAt: resolvedAt ?? now,
      resolvedBy: resolvedBy ?? by,
      note: note ?? this.fields.note,
    });
  }
}
