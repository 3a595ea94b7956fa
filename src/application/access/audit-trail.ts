import { DomainError } from '../../domain/shared/domain-error';
import { type Json, type JsonObject, isJsonObject, toJson } from '../../domain/shared/json';
import type { Role } from '../../domain/shared/role';
import { sha256 } from '../../domain/shared/sha256';
import { storableJson } from '../../domain/shared/text';
import { MINUTE_MS } from '../../domain/shared/time';
import type { Mutation } from '../shared/gate';
import type { Clock, Log } from '../shared/log';

export interface AuditEntry {
  readonly at: Date;
  readonly actor: string | null;
  readonly tokenId: string | null;
  /** Null where no token was accepted. */
  readonly role: Role | null;
  readonly operation: string;
  readonly status: number;
  readonly requestId: string;
  readonly address: string;
  readonly input: JsonObject | null;
  readonly changed: JsonObject | null;
}

export interface StoredAuditEntry extends AuditEntry {
  /** Increases with time. */
  readonly id: number;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly operation?: string;
  readonly tokenId?: string;
  /** Only entries older than the one of this id. */
  readonly before?: number;
}

/** The audit trail. Throws `database.unavailable`. */
export interface AuditStore {
  /** All or none. */
  add(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. */
  page(filter: AuditFilter, limit: number): Promise<StoredAuditEntry[]>;
}

/** Entries that wait while the database is away; beyond that the oldest go to the log only. */
const MOST_WAITING = 10_000;
const BATCH = 500;
/** Characters of JSON; an entry says what was done, it is no copy of it. */
const MOST_INPUT = 4_000;
/** Attempts a minute that are recorded one by one, because anybody can send them; further ones are only counted. */
const MOST_ATTEMPTS = 10;
/** Limits for long texts and lists: the first set under which the entry fits is used. */
const CUTS = [
  { text: 200, items: 20 },
  { text: 60, items: 6 },
  { text: 24, items: 2 },
] as const;

/** Buffers entries until they are stored. Recording neither fails nor waits. */
export class AuditTrail {
  private waiting: AuditEntry[] = [];
  private lost = 0;
  private attempts = { since: Number.NEGATIVE_INFINITY, kept: 0, more: 0 };
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AuditStore,
    private readonly mask: (input: JsonObject) => JsonObject,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  readonly record = (mutation: Mutation): void => {
    try {
      if (mutation.attempt && !this.keepsAttempt()) return;
      this.waiting.push(this.entryOf(mutation));
      if (this.waiting.length <= MOST_WAITING) return;
      this.waiting.shift();
      this.lost += 1;
    } catch (error) {
      this.log.error('a change could not be told to the audit trail', { operation: mutation.operation, error });
    }
  };

  /** Stores the waiting entries. Those that could not be stored keep waiting. */
  flush(): Promise<void> {
    this.endMinute();
    const store = () => this.storeWaiting();
    this.turn = this.turn.then(store, store);
    return this.turn;
  }

  /** Stores the last entries; none follow. */
  close(): Promise<void> {
    this.endMinute({ now: true });
    return this.flush();
  }

  private keepsAttempt(): boolean {
    this.endMinute();
    const { attempts } = this;
    if (attempts.kept < MOST_ATTEMPTS) attempts.kept += 1;
    else attempts.more += 1;
    return attempts.more === 0;
  }

  /** A clock that was set back begins a new minute, too. */
  private endMinute({ now = false } = {}): void {
    const time = this.clock().getTime();
    const { since, more } = this.attempts;
    if (!now && time >= since && time < since + MINUTE_MS) return;
    this.attempts = { since: time, kept: 0, more: 0 };
    if (more === 0) return;
    const input = { more, since: new Date(since).toISOString() };
    this.waiting.push(this.entryOf({ operation: 'request.refused', requestId: '', address: '', status: 0, input }));
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

  private entryOf({ caller, input, changed, ...sent }: Mutation): AuditEntry {
    const { operation, requestId, address, status } = sent;
    return {
      at: this.clock(),
      actor: caller?.actor ?? null,
      tokenId: caller?.tokenId ?? null,
      role: caller?.role ?? null,
      operation,
      requestId,
      address,
      status,
      input: input ? shortened(this.mask(plain(input))) : null,
      changed: changed ? shortened(this.mask(plain(changed))) : null,
    };
  }
}

/** Long parts are cut, each by itself: filling an entry with rubbish does not hide its other parts. */
function shortened(input: JsonObject): JsonObject {
  const whole = JSON.stringify(input);
  if (whole.length <= MOST_INPUT) return input;
  for (const cut of CUTS) {
    const less = shorter(input, cut);
    if (isJsonObject(less) && JSON.stringify(less).length <= MOST_INPUT) return less;
  }
  return { omitted: `${whole.length} characters`, sha256: sha256(whole) };
}

type Cut = (typeof CUTS)[number];

/** The hash shows whether two long texts are the same. */
function shorter(value: Json, cut: Cut): Json {
  if (typeof value === 'string') {
    const { length } = value;
    if (length <= cut.text) return value;
    return `${value.slice(0, cut.text).toWellFormed()}… (${length} characters, sha256 ${sha256(value).slice(0, 16)})`;
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, cut.items).map((item: Json) => shorter(item, cut));
    return value.length > cut.items ? [...items, `… (${value.length} in all)`] : items;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, cut.items * 2)
    .map(([name, v]) => [name.slice(0, cut.text).toWellFormed(), shorter(v, cut)]);
  return {
    ...Object.fromEntries(kept),
    ...(entries.length > cut.items * 2 ? { '…': `${entries.length} in all` } : {}),
  };
}

const isAway = (error: unknown): boolean => error instanceof DomainError && error.kind === 'unavailable';

/** Inputs may hold texts that the database refuses; the trail stores them all the same. */
function plain(value: object): JsonObject {
  const json = storableJson(toJson(value));
  return isJsonObject(json) ? json : { value: json };
}
