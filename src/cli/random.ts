// Looked up once: within a sandbox, as tests run in, each look at a global is slow.
const { imul, sqrt, log, exp, cos, PI } = Math;

/** Reproducible random numbers: the same seed gives the same simulation on every machine. */
export class Random {
  constructor(private state: number) {}

  /** Uniform in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** True with this probability, a share of 1. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A duration in milliseconds, log-normal around `median` with the standard deviation `spread` of its logarithm. */
  duration(median: number, spread: number): number {
    const radius = sqrt(-2 * log(1 - this.next()));
    return median * exp(spread * radius * cos(2 * PI * this.next()));
  }
}
