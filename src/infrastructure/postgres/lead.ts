import type { Log } from '../../application/shared/log';

export interface Leader {
  /** This service is the leader from now on. */
  take(): Promise<void>;
  /**
   * This service is no longer the leader. `near`: the new leader has the same data folder, and takes over what runs.
   */
  leave(near: boolean): Promise<void>;
}

export interface LeaseRules {
  /**
   * A lease that was not renewed for this long, while the database answered all the time, is taken by another service.
   */
  readonly silentMs: number;
  /** The same where the holder has the same data folder: what it runs is taken over, not started twice. */
  readonly nearMs: number;
  /**
   * A holder that could not renew for this long ends its work where a service with another data folder could take over:
   * enough before `silentMs` to have ended by then. Absent: the work does no harm if it is done twice.
   */
  readonly fenceMs?: number;
}

/** A lease as it stands in the table, and what is known of its holder. */
export interface LeaseSeen {
  readonly name: string;
  readonly holder: string | null;
  readonly epoch: string;
  readonly renewed_at: string;
  /** Whether the holder is known to have ended. */
  readonly ended: boolean;
  readonly near: boolean;
}

/** Longest time between two reads; after a longer one the database was away, and its holder could not renew either. */
const LONGEST_GAP_MS = 3_000;

/** One lease as this service sees it, and the work that follows it. */
export class Lead {
  private wanted = false;
  private leads = false;
  private near = false;
  private renewedAt = 0;
  private elsewhere = false;
  private work: Promise<void> = Promise.resolve();
  private seen = { lease: '', since: 0, at: Number.NEGATIVE_INFINITY };

  constructor(
    readonly name: string,
    private readonly leader: Leader,
    private readonly rules: LeaseRules,
    private readonly log: Log,
  ) {}

  /** Resolves when the last change has been carried out. */
  settled(): Promise<void> {
    return this.work;
  }

  /**
   * The lease is held; its renewal was sent at this time of the monotonic clock. `elsewhere`: services with another
   * data folder could take over.
   */
  renewed(at: number, elsewhere: boolean): void {
    [this.renewedAt, this.elsewhere] = [at, elsewhere];
    this.follow(true);
  }

  /** The lease is held by another service, or by none. */
  lost(near: boolean): void {
    this.near = near;
    this.follow(false);
  }

  /** While the database cannot be reached, another service may hold the lease before this one knows. */
  fence(now: number): void {
    const { fenceMs } = this.rules;
    if (fenceMs === undefined || !this.elsewhere || now - this.renewedAt < fenceMs || !this.wanted) return;
    this.log.warn('the lease could not be renewed in time, so that another service may have it now', {
      lead: this.name,
    });
    this.lost(false);
  }

  /** Whether a lease that is not held here may be taken. */
  mayTake(lease: LeaseSeen | undefined, now: number): boolean {
    if (!lease || lease.holder === null || lease.ended) return true;
    const looks = `${lease.holder} ${lease.epoch} ${lease.renewed_at}`;
    if (looks !== this.seen.lease || now - this.seen.at > LONGEST_GAP_MS)
      this.seen = { lease: looks, since: now, at: now };
    this.seen.at = now;
    return now - this.seen.since > (lease.near ? this.rules.nearMs : this.rules.silentMs);
  }

  /** Ends the work. */
  async end(): Promise<void> {
    this.lost(false);
    await this.work;
  }

  /** One after the other: a change is finished before it is undone. */
  private follow(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.work = this.work.then(() => this.change());
  }

  private async change(): Promise<void> {
    if (this.wanted === this.leads) return;
    const { near, wanted } = this;
    this.leads = wanted;
    try {
      await (wanted ? this.leader.take() : this.leader.leave(near));
      if (wanted) this.log.debug('leads from now on', { lead: this.name });
    } catch (error) {
      this.log.warn('the change of the lead failed and is made again', { lead: this.name, error });
      // The next renewal tries again; the failed change is undone first.
      if (wanted) await this.undo();
    }
  }

  private async undo(): Promise<void> {
    [this.wanted, this.leads] = [false, false];
    await this.leader
      .leave(true)
      .catch((error: unknown) => this.log.warn('undoing failed', { lead: this.name, error }));
  }
}
