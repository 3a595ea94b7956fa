import { DomainError } from '../shared/domain-error';

export const deliveryStatuses = ['queued', 'delivered', 'dead'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const MOST_ATTEMPTS = 8;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Milliseconds until the next attempt: 1 s, doubled each time, up to 5 minutes, a fifth more or less by chance (0 to
 * 1).
 */
const waitAfter = (attempts: number, chance: number): number =>
  Math.round(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)) * (0.8 + 0.4 * chance));

/**
 * One alert on its way to one address: queued until an attempt succeeds, dead when retrying is useless or the last
 * attempt failed, and queued again when somebody revives it. Immutable.
 */
export class Delivery {
  private constructor(
    readonly id: number,
    readonly status: DeliveryStatus,
    /** Attempts since it was queued, including one in progress. */
    readonly attempts: number,
    /** Time until the next attempt, while queued. */
    readonly waitMs: number,
  ) {}

  static restore(id: number, status: DeliveryStatus, attempts: number): Delivery {
    return new Delivery(id, status, attempts, 0);
  }

  /** The attempt in progress succeeded. */
  succeed(): Delivery {
    return this.settle('delivered', 0);
  }

  /** The attempt in progress failed; `isFinal`: a retry is useless. */
  fail(isFinal: boolean, chance: number): Delivery {
    if (isFinal || this.attempts >= MOST_ATTEMPTS) return this.settle('dead', 0);
    return this.settle('queued', waitAfter(this.attempts, chance));
  }

  /** Queued again, with as many attempts as a new one, the first at once. Throws `alert_delivery.not_dead`. */
  revive(): Delivery {
    if (this.status === 'dead') return new Delivery(this.id, 'queued', 0, 0);
    const message = `Delivery ${this.id} is ${this.status}: only one that was given up is tried again.`;
    throw new DomainError('alert_delivery.not_dead', message);
  }

  private settle(status: DeliveryStatus, waitMs: number): Delivery {
    if (this.status !== 'queued') throw new Error(`delivery ${this.id} is ${this.status}: nothing is attempted of it`);
    return new Delivery(this.id, status, this.attempts, waitMs);
  }
}
