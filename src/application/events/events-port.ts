import type { EventView } from '../../domain/shared/event';
import type { Media } from '../shared/media';

export interface RecentEvents {
  readonly limit: number;
  readonly minutes: number;
  readonly etype?: string;
  readonly camera_id?: string;
}

export interface SentEvents {
  /** Whatever was sent as events; each is judged by itself. */
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

/** Events as they are: the newest ones, taking them in, and all of a time as a table. */
export interface EventsPort {
  recent(query: RecentEvents): Promise<readonly EventView[]>;
  post(sent: SentEvents): Promise<Posted>;
  exportCsv(query: EventExport): Promise<Media>;
}
