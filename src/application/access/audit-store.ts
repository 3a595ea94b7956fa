import type { JsonObject } from '../../domain/shared/json';
import type { Role } from '../../domain/shared/role';

export interface AuditEntry {
  readonly at: Date;
  readonly actor: string | null;
  readonly tokenId: string | null;
  /** Null where nobody was let in. */
  readonly role: Role | null;
  readonly operation: string;
  readonly status: number;
  readonly requestId: string;
  readonly address: string;
  readonly input: JsonObject | null;
  readonly changed: JsonObject | null;
}

export interface StoredAuditEntry extends AuditEntry {
  /** Grows with time. */
  readonly id: number;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly operation?: string;
  readonly tokenId?: string;
  /** Only entries older than the one of this id. */
  readonly before?: number;
}

/** The trail of what was done, and by whom. Throws `database.unavailable`. */
export interface AuditStore {
  /** All or none. */
  add(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. */
  page(filter: AuditFilter, limit: number): Promise<StoredAuditEntry[]>;
}
