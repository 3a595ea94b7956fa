import { DomainError } from './domain-error';

/** How many calls are allowed at once, and how fast the allowance refills. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

interface Level {
  left: number;
  /** Milliseconds. */
  at: number;
}

/**
 * Token buckets by key. Each refills continuously, and their number is bounded: the least recently used bucket is
 * dropped, and its key starts again with a full one.
 */
export class TokenBuckets {
  private readonly levels = new Map<string, Level>();

  constructor(
    private readonly allowance: Allowance,
    private readonly most: number,
  ) {}

  /** Takes one token: 0 if there was one, else the seconds until there will be one. */
  take(key: string, nowMs: number): number {
    const level = this.refilled(key, nowMs);
    this.levels.delete(key);
    this.levels.set(key, level);
    if (this.levels.size > this.most) this.forgetOldest();
    if (level.left < 1) return Math.max(1, Math.ceil((1 - level.left) / this.allowance.perSecond));
    level.left -= 1;
    return 0;
  }

  /** Takes one token, or throws `access.throttled`, which says how long to wait; `what` there are too many of. */
  takeOrRefuse(key: string, nowMs: number, what: string): void {
    const seconds = this.take(key, nowMs);
    if (seconds === 0) return;
    const headers = { 'retry-after': String(seconds) };
    throw new DomainError('access.throttled', `Too many ${what}: wait ${seconds} s.`, { headers, params: { seconds } });
  }

  get size(): number {
    return this.levels.size;
  }

  private refilled(key: string, nowMs: number): Level {
    const { burst, perSecond } = this.allowance;
    const known = this.levels.get(key);
    if (!known) return { left: burst, at: nowMs };
    // A clock that was set back refills nothing, and takes nothing away.
    const passed = Math.max(0, nowMs - known.at) / 1000;
    return { left: Math.min(burst, known.left + passed * perSecond), at: nowMs };
  }

  private forgetOldest(): void {
    const [oldest] = this.levels.keys();
    if (oldest !== undefined) this.levels.delete(oldest);
  }
}
