import type { Channel } from '../../domain/alerts/alert-recipients';
import { MOST_ATTEMPTS, waitAfter } from '../../domain/alerts/delivery-policy';
import type { Clock, Log } from '../shared/log';
import { type AlertChannel, Undeliverable } from './alert-channel';
import type { Attempt, Claim, DeliveryQueue, Settlement } from './delivery-queue';

const MOST_LANES = 16;
/** Sent one after the other; all of them fit into a lease even if each takes as long as it may. */
const CLAIM = 4;
const LONGEST_DETAIL = 300;

/** Sends what is queued, several at once: a slow receiver holds up its own lane only. */
export class DeliveryWorker {
  private readonly lanes = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly channels: Readonly<Record<Channel, AlertChannel>>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly chance: () => number = Math.random,
  ) {}

  /** Looks whether there is something to send. Never waits for it. */
  wake(): void {
    if (this.stopped || this.lanes.size >= MOST_LANES) return;
    const lane: Promise<void> = this.work()
      .catch((error: unknown) => this.log.warn('deliveries cannot be sent now and are tried again', { error }))
      .finally(() => this.lanes.delete(lane));
    this.lanes.add(lane);
  }

  /** Finishes what is being sent. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.lanes);
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const claims = await this.queue.claim(CLAIM);
      if (claims.length === 0) return;
      if (claims.length === CLAIM) this.wake();
      for (const claim of claims) await this.deliver(claim);
    }
  }

  private async deliver(claim: Claim): Promise<void> {
    const [at, from] = [this.clock().toISOString(), performance.now()];
    const { ok, detail, settlement } = await this.attempt(claim);
    const ms = Math.round(performance.now() - from);
    await this.queue.settle(claim, { at, ok, detail: detail.slice(0, LONGEST_DETAIL), ms }, settlement);
  }

  private async attempt(claim: Claim): Promise<Pick<Attempt, 'ok' | 'detail'> & { settlement: Settlement }> {
    const { id, channel } = claim;
    try {
      return { ok: true, detail: await this.channels[channel].send(claim), settlement: { status: 'delivered' } };
    } catch (error) {
      const settlement = this.afterFailure(claim, error);
      if (settlement.status === 'dead')
        this.log.error('an alert could not be delivered', { delivery: id, channel, error });
      return { ok: false, detail: error instanceof Error ? error.message : String(error), settlement };
    }
  }

  private afterFailure({ attempts }: Claim, error: unknown): Settlement {
    if (error instanceof Undeliverable || attempts >= MOST_ATTEMPTS) return { status: 'dead' };
    return { status: 'queued', waitMs: waitAfter(attempts, this.chance()) };
  }
}
