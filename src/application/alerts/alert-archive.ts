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
  get(id: number): Promise<AlertView | undefined>;
  /** Undefined for an unknown alert. Throws what `refuse` throws for the alert as it is. */
  handle(
    handling: AlertHandling,
    status: 'acknowledged' | 'resolved',
    refuse: (now: AlertView) => void,
  ): Promise<AlertView | undefined>;
}
