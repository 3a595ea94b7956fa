import type { AlertView } from './alert-views';
import type { AlertQuery, Listed } from './alerts-port';

export interface AlertHandling {
  readonly alertId: number;
  readonly by: string | null;
  readonly note: string | null;
  readonly at: Date;
}

/** What was told, for good. */
export interface AlertArchive {
  /** Newest first. */
  page(query: AlertQuery): Promise<Listed<AlertView>>;
  /** How many alerts of the last 24 hours nobody has taken care of; their summaries and ends do not count. */
  openOfToday(): Promise<number>;
  /** Undefined for an unknown alert. Throws what `refuse` throws for the alert as it is. */
  handle(
    handling: AlertHandling,
    status: 'acknowledged' | 'resolved',
    refuse: (now: AlertView) => void,
  ): Promise<AlertView | undefined>;
}
