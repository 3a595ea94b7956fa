import type { Channel } from '../../domain/alerts/alert-recipients';
import { Delivery } from '../../domain/alerts/delivery';
import type { Clock, Log } from '../shared/log';
import { within } from '../shared/within';
import { type AlertChannel, type OutgoingNotice, Undeliverable } from './alert-channel';

/** A delivery claimed by this process, until its lease ends. */
export interface Claim extends OutgoingNotice {
  readonly id: number;
  readonly lease: string;
  /** Including this one. */
  readonly attempts: number;
}

export interface Attempt {
  readonly at: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number;
}

/** The result of an attempt. */
export type Settlement = Pick<Delivery, 'status' | 'waitMs'>;

/** Hosts and rules with enough deliveries in progress, to be left for later. */
export interface Busy {
  /** Host and port of web addresses, in lower case. */
  readonly hosts: readonly string[];
  readonly rules: readonly number[];
}

/** The outbox. A claim that is not settled in time, because its process died, goes to another one. */
export interface DeliveryQueue {
  claim(limit: number, busy: Busy): Promise<Claim[]>;
  settle(claim: Claim, attempt: Attempt, settlement: Settlement): Promise<void>;
}

const MOST_LANES = 16;
/** The most lanes for one receiver, and for one rule: the others stay free for receivers that answer. */
const MOST_PER_HOST = 4;
const MOST_PER_RULE = 4;
/** For one delivery. Channels have deadlines of their own; this one holds even if theirs fail. */
const SEND_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;
const LONGEST_DETAIL = 300;
/**
 * A failed delivery is due by the clock of the database: the timer waits a little longer, so that it is not too early.
 */
const AFTER_MS = 50;

/** Sends what is queued, several at once: a slow receiver holds up its own lane only. */
export class DeliveryWorker {
  private readonly lanes = new Set<Promise<void>>();
  private readonly underWay = new Set<Claim>();
  /** Claims are made one after the other, so that each knows the ones before it. */
  private turn: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly channels: Readonly<Record<Channel, AlertChannel>>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly chance: () => number = Math.random,
  ) {}

  /** Starts looking for deliveries to send. Never waits. */
  wake(): void {
    if (this.stopped || this.lanes.size >= MOST_LANES) return;
    const lane: Promise<void> = this.work()
      .catch((error: unknown) => this.log.warn('deliveries cannot be sent now and are tried again', { error }))
      .finally(() => this.lanes.delete(lane));
    this.lanes.add(lane);
  }

  /**
   * Finishes the deliveries in progress, unless that takes too long: those are sent again later, by any running
   * service.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    const late = () =>
      this.log.warn('deliveries were under way for too long, and are tried again after the next start');
    await within(STOP_WITHIN_MS, Promise.all(this.lanes), late);
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const claim = await this.next();
      if (!claim) return;
      this.wake();
      try {
        await this.deliver(claim);
      } finally {
        this.underWay.delete(claim);
      }
    }
  }

  private next(): Promise<Claim | undefined> {
    const take = async () => {
      const [claim] = this.stopped ? [] : await this.queue.claim(1, this.busy());
      if (claim) this.underWay.add(claim);
      return claim;
    };
    const turn = this.turn.then(take, take);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private busy(): Busy {
    const claims = [...this.underWay];
    return {
      hosts: often(claims.map(hostOf), MOST_PER_HOST),
      rules: often(
        claims.map(({ notice }) => notice.rule_id),
        MOST_PER_RULE,
      ),
    };
  }

  private async deliver(claim: Claim): Promise<void> {
    const [at, from] = [this.clock().toISOString(), performance.now()];
    const { ok, detail, settlement } = await this.attempt(claim);
    const ms = Math.round(performance.now() - from);
    await this.queue.settle(claim, { at, ok, detail: detail.slice(0, LONGEST_DETAIL), ms }, settlement);
    if (settlement.status === 'queued') setTimeout(() => this.wake(), settlement.waitMs + AFTER_MS).unref();
  }

  private async attempt(claim: Claim): Promise<Pick<Attempt, 'ok' | 'detail'> & { settlement: Settlement }> {
    const { id, channel } = claim;
    const delivery = Delivery.restore(id, 'queued', claim.attempts);
    try {
      const sent = this.channels[channel].send(claim);
      const detail = await within(SEND_WITHIN_MS, sent, () => {
        throw new Error('took too long');
      });
      return { ok: true, detail, settlement: delivery.succeed() };
    } catch (error) {
      const settlement = delivery.fail(error instanceof Undeliverable, this.chance());
      if (settlement.status === 'dead')
        this.log.error('an alert could not be delivered', { delivery: id, channel, error });
      return { ok: false, detail: error instanceof Error ? error.message : String(error), settlement };
    }
  }
}

/** Host of a web address, in the form that the queue uses. */
function hostOf({ channel, target }: Claim): string | null {
  if (channel !== 'webhook') return null;
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(target)?.[1]?.toLowerCase() ?? '';
}

/** The values that occur at least so many times. */
function often<T>(all: readonly (T | null)[], times: number): T[] {
  const counts = new Map<T, number>();
  for (const one of all) if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= times).map(([one]) => one);
}
