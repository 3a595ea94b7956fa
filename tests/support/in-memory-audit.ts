import type { AuditEntry, AuditFilter, AuditStore, StoredAuditEntry } from '../../src/application/access/audit-trail';

/** The audit trail without a database. */
export class InMemoryAudit implements AuditStore {
  private readonly entries: StoredAuditEntry[] = [];

  async add(entries: readonly AuditEntry[]): Promise<void> {
    const next = this.entries.length + 1;
    this.entries.push(...entries.map((entry, i) => ({ id: next + i, ...entry })));
  }

  async page({ actor, operation, tokenId, before }: AuditFilter, limit: number): Promise<StoredAuditEntry[]> {
    return this.entries
      .toReversed()
      .filter((entry) => actor === undefined || entry.actor === actor)
      .filter((entry) => operation === undefined || entry.operation === operation)
      .filter((entry) => tokenId === undefined || entry.tokenId === tokenId)
      .filter((entry) => before === undefined || entry.id < before)
      .slice(0, limit);
  }
}
