import { type Violation, readHandling, violationNotFound } from '../../domain/records/violation';
import { DomainError } from '../../domain/shared/domain-error';
import { currentCall } from '../shared/call-context';
import type { Clock } from '../shared/log';
import { conditionsOf, violationView } from './record-service';
import type { ViolationFilter, ViolationView } from './records-port';
import type { ViolationConditions, ViolationStore } from './violation-store';

export const COUNTED_BY = ['status', 'camera', 'type', 'hour', 'day'] as const;

export type CountedBy = (typeof COUNTED_BY)[number];

/** Violations that one look decides: of one camera and type, with one track, or close after each other. */
export interface ViolationGroup {
  readonly cameraId: string;
  readonly violationType: string;
  readonly trackId: number | null;
  readonly from: Date;
  readonly to: Date;
  /** The highest; null where none has one. */
  readonly confidence: number | null;
  /** Oldest first. */
  readonly ids: readonly number[];
}

export interface ReviewClaim {
  readonly violationId: number;
  readonly by: string;
  readonly expiresAt: Date;
}

/** What the review of violations reads besides the violations themselves. Throws `database.unavailable`. */
export interface ViolationQueueStore {
  /** How many violations fit, by status, camera, type, or by hour or day of the site's zone (as they begin, UTC). */
  counts(by: CountedBy, conditions: ViolationConditions): Promise<Readonly<Record<string, number>>>;
  /** Groups of the `among` oldest or newest violations that fit, in that order. */
  groups(conditions: ViolationConditions, order: 'oldest' | 'newest', among: number): Promise<ViolationGroup[]>;
  /**
   * Claims those of them that nobody else has, for `claim.by`; answers the claims of others among them. A claim that
   * has expired counts for nothing.
   */
  claim(ids: readonly number[], by: string, now: Date, until: Date): Promise<readonly ReviewClaim[]>;
  release(ids: readonly number[], by: string): Promise<void>;
  /** Claims that have not expired. */
  claims(now: Date): Promise<readonly ReviewClaim[]>;
}

export interface CountQuery extends ViolationFilter {
  readonly by: CountedBy;
}

export interface GroupQuery extends ViolationFilter {
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
}

export interface GroupView {
  readonly camera_id: string;
  readonly violation_type: string;
  readonly track_id: number | null;
  readonly first_at: string;
  readonly last_at: string;
  readonly count: number;
  readonly confidence: number | null;
  readonly violation_ids: readonly number[];
  readonly claimed_by: string | null;
}

export interface HandledItem {
  readonly id: number;
  readonly version: number;
  readonly status: string;
  readonly notes?: string;
}

export interface ItemOutcome {
  readonly id: number;
  readonly ok: boolean;
  /** The stored one; null for an id without a violation. */
  readonly violation: ViolationView | null;
  /** Why it was not changed; null where it was. */
  readonly code: string | null;
  readonly detail: string | null;
}

export interface ClaimInput {
  readonly violation_ids: readonly number[];
  readonly release: boolean;
}

export interface ClaimView {
  readonly violation_id: number;
  readonly claimed_by: string;
  readonly expires_at: string;
}

export interface Claimed {
  readonly ok: true;
  readonly claimed_by: string;
  /** Null after a release. */
  readonly expires_at: string | null;
  /** Those of them that somebody else looks at. */
  readonly held: readonly ClaimView[];
}

/** A claim lasts this long; whoever still looks renews it. */
const CLAIM_MS = 30_000;
/** Violations that are put into groups at once. */
const GROUPED = 2_000;
const MOST_IN_GROUP = 500;

/** The queue of violations that people decide. */
export class ViolationQueueService {
  constructor(
    private readonly queue: ViolationQueueStore,
    private readonly store: Pick<ViolationStore, 'change' | 'find'>,
    private readonly clock: Clock,
  ) {}

  async counts({ by, ...filter }: CountQuery) {
    const counts = await this.queue.counts(by, conditionsOf(filter));
    return { by, counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) };
  }

  async groups({ order, limit, ...filter }: GroupQuery) {
    const [groups, claims] = await Promise.all([
      this.queue.groups(conditionsOf(filter), order, GROUPED),
      this.queue.claims(this.clock()),
    ]);
    const claimed = new Map(claims.map(({ violationId, by }) => [violationId, by]));
    return { groups: groups.slice(0, limit).map((group) => groupView(group, claimed)), more: groups.length > limit };
  }

  /** Each by itself: one that somebody else decided meanwhile does not keep the others from being stored. */
  async setItems({ items }: { readonly items: readonly HandledItem[] }) {
    const results: ItemOutcome[] = [];
    for (const item of items) results.push(await this.setItem(item));
    return { ok: results.every(({ ok }) => ok), results };
  }

  async claim({ violation_ids: ids, release }: ClaimInput): Promise<Claimed> {
    const [now, by] = [this.clock(), currentCall()?.actor ?? 'anonymous'];
    if (release) {
      await this.queue.release(ids, by);
      return { ok: true, claimed_by: by, expires_at: null, held: [] };
    }
    const until = new Date(now.getTime() + CLAIM_MS);
    const held = await this.queue.claim(ids, by, now, until);
    return { ok: true, claimed_by: by, expires_at: until.toISOString(), held: held.map(claimView) };
  }

  private async setItem({ id, ...sent }: HandledItem): Promise<ItemOutcome> {
    if (!Number.isSafeInteger(id) || !Number.isSafeInteger(sent.version))
      throw new DomainError(
        'violation.invalid',
        'Each item needs the id of a violation and the version that was read, as whole numbers.',
      );
    try {
      const by = currentCall()?.actor;
      const handling = readHandling({ ...sent, ...(by === undefined ? {} : { handled_by: by }) });
      const { violations } = await this.store.change([id], (violation) => violation.handle(handling, this.clock()));
      const [changed] = violations;
      if (!changed) throw violationNotFound(id);
      return { id, ok: true, violation: violationView(changed), code: null, detail: null };
    } catch (error) {
      // The others are answered, too; a database that is away fails the whole call, which may be repeated.
      if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
      return { id, ok: false, violation: await this.known(id), code: error.code, detail: error.message };
    }
  }

  private async known(id: number): Promise<ViolationView | null> {
    const violation: Violation | undefined = await this.store.find(id);
    return violation ? violationView(violation) : null;
  }
}

const claimView = ({ violationId, by, expiresAt }: ReviewClaim): ClaimView => ({
  violation_id: violationId,
  claimed_by: by,
  expires_at: expiresAt.toISOString(),
});

const groupView = (group: ViolationGroup, claimed: ReadonlyMap<number, string>): GroupView => ({
  camera_id: group.cameraId,
  violation_type: group.violationType,
  track_id: group.trackId,
  first_at: group.from.toISOString(),
  last_at: group.to.toISOString(),
  count: group.ids.length,
  confidence: group.confidence,
  violation_ids: group.ids.slice(0, MOST_IN_GROUP),
  claimed_by: group.ids.map((id) => claimed.get(id)).find((by) => by !== undefined) ?? null,
});
