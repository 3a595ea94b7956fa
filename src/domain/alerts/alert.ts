import { DomainError } from '../shared/domain-error';

export const alertStatuses = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** How an alert was handled. */
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
  /** Without one, the earlier note stays. */
  readonly note: string | null;
}

/**
 * An alert and how it was handled: open, then acknowledged, then resolved; an open one may be resolved at once. The
 * first handler of each step stays recorded, whoever repeats the step. Immutable.
 */
export class Alert {
  private constructor(readonly fields: AlertFields) {}

  static restore(fields: AlertFields): Alert {
    return new Alert(fields);
  }

  /** Acknowledges the alert. Throws `alert.resolved` when it is resolved already. */
  acknowledge({ by, note }: AlertHandling, now: Date): Alert {
    const { id, status, acknowledgedAt, acknowledgedBy } = this.fields;
    if (status === 'resolved')
      throw new DomainError('alert.resolved', `Alert ${id} is resolved already.`, { params: { id } });
    return new Alert({
      ...this.fields,
      status: 'acknowledged',
      acknowledgedAt: acknowledgedAt ?? now,
      acknowledgedBy: acknowledgedBy ?? by,
      note: note ?? this.fields.note,
    });
  }

  /** Resolves the alert. */
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
