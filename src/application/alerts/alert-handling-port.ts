import type { JsonObject } from '../../domain/shared/json';
import type { AlertView } from './alert-views';
import type { AlertRuleKey, Listed, Page } from './alerts-port';
import type { Attempt } from './delivery-worker';

export interface AlertKey {
  readonly alert_id: number;
}

export interface Handling extends AlertKey {
  readonly by?: string | null;
  readonly note?: string | null;
}

export interface DeliveryKey {
  readonly delivery_id: number;
}

export interface DeliveryQuery extends Page {
  readonly status?: string;
  readonly alert_id?: number;
}

/** One notice on its way to one target. */
export interface DeliveryView {
  readonly id: number;
  readonly alert_id: number;
  readonly channel: string;
  /** Null: what is configured for the channel. What an address may hold in secret is masked. */
  readonly target: string | null;
  readonly status: 'queued' | 'delivered' | 'dead';
  readonly idempotency_key: string;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  readonly next_attempt_at: string | null;
  readonly created_at: string;
  readonly delivered_at: string | null;
}

/** What would have been told. */
export interface DryRunView {
  readonly rule_id: number;
  readonly from: string;
  readonly to: string;
  readonly events: number;
  readonly count: number;
  readonly total: number;
  readonly alerts: readonly {
    readonly camera_id: string;
    readonly alert_type: string;
    readonly timestamp: string;
    readonly message: string;
    readonly details: JsonObject;
  }[];
}

/** What people do about rules and alerts beside changing them; the old backend has none of it. */
export interface AlertHandlingPort {
  /** Sends nothing and changes nothing. */
  test(wish: AlertRuleKey & { readonly hours: number }): Promise<DryRunView>;
  acknowledge(handling: Handling): Promise<AlertView>;
  resolve(handling: Handling): Promise<AlertView>;
  /** Newest first. */
  deliveries(query: DeliveryQuery): Promise<Listed<DeliveryView>>;
  /** Tries a delivery that was given up once more, under the same key. */
  replay(key: DeliveryKey): Promise<DeliveryView>;
}
