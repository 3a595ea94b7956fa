import { DomainError } from '../../domain/shared/domain-error';
import { isJsonObject, type JsonObject, toJson } from '../../domain/shared/json';
import { storableJson } from '../../domain/shared/storable-text';
import type { Mutation } from '../shared/gate';
import type { Clock, Log } from '../shared/log';
import type { AuditEntry, AuditStore } from './audit-store';

/** What waits while the database is away; after that the oldest go to the log only. */
const MOST_WAITING = 10_000;
const BATCH = 500;
/** Characters of JSON; an entry tells what was done, it is no copy of it. */
const MOST_INPUT = 4_000;

/** Keeps what was done until it is stored. Telling it never fails, and never waits. */
export class AuditTrail {
  private waiting: AuditEntry[] = [];
  private lost = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AuditStore,
    private readonly mask: (input: JsonObject) => JsonObject,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  readonly tell = (mutation: Mutation): void => {
    try {
      this.waiting.push(this.entryOf(mutation));
      if (this.waiting.length <= MOST_WAITING) return;
      this.waiting.shift();
      this.lost += 1;
    } catch (error) {
      this.log.error('a change could not be told to the audit trail', { operation: mutation.operation, error });
    }
  };

  /** Stores what waits. What could not be stored waits on. */
  flush(): Promise<void> {
    const store = () => this.storeWaiting();
    this.turn = this.turn.then(store, store);
    return this.turn;
  }

  private async storeWaiting(): Promise<void> {
    if (this.lost > 0) this.log.error('the audit trail has a gap: the database was away', { entries: this.lost });
    this.lost = 0;
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      await this.put(batch);
      const stored = new Set(batch);
      this.waiting = this.waiting.filter((entry) => !stored.has(entry));
    }
  }

  /** An entry that cannot be stored as it is must not hold up the others. */
  private async put(batch: readonly AuditEntry[]): Promise<void> {
    try {
      await this.store.add(batch);
    } catch (error) {
      if (!isAway(error)) for (const entry of batch) await this.putAlone(entry);
      else throw error;
    }
  }

  private async putAlone(entry: AuditEntry): Promise<void> {
    try {
      await this.store.add([entry]);
    } catch (error) {
      if (isAway(error)) throw error;
      this.log.error('the audit trail keeps a change without what was sent', { requestId: entry.requestId, error });
      await this.store.add([{ ...entry, input: null, changed: null }]);
    }
  }

  private entryOf({ caller, input, changed, ...told }: Mutation): AuditEntry {
    const { operation, requestId, address, status } = told;
    return {
      at: this.clock(),
      actor: caller.actor ?? null,
      role: caller.role,
      operation,
      requestId,
      address,
      status,
      input: input ? this.shortened(this.mask(plain(input))) : null,
      changed: changed ? plain(changed) : null,
    };
  }

  private shortened(input: JsonObject): JsonObject {
    const { length } = JSON.stringify(input);
    return length > MOST_INPUT ? { omitted: `${length} characters` } : input;
  }
}

const isAway = (error: unknown): boolean => error instanceof DomainError && error.kind === 'unavailable';

/** What is sent may hold texts that the database does not take; the trail takes them all. */
function plain(value: object): JsonObject {
  const json = storableJson(toJson(value));
  return isJsonObject(json) ? json : { value: json };
}
