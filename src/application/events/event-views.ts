export interface RecentEvents {
  readonly limit: number;
  readonly minutes: number;
  readonly etype?: string;
  readonly camera_id?: string;
}

export interface SentEvents {
  /** The events of a request; each is checked by itself. */
  readonly events: readonly unknown[];
}

export interface Posted {
  readonly ok: true;
  /** Events that were not known before. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
}

export interface RejectedEvent {
  /** Place in the list that was sent, from 0. */
  readonly index: number;
  readonly reason: string;
}

export interface EventExport {
  readonly start_time?: string;
  readonly end_time?: string;
  readonly event_type?: string;
  readonly camera_id?: string;
}
