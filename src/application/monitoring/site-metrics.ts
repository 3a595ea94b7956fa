import type { Clock, Log } from '../shared/log';
import { type LastConsistency, type MeasuredConsistency } from './measured-consistency';
import { metricsOf, type RequestMetrics } from './metrics-report';
import { type MinuteBook, type MinuteStore, WINDOW_MINUTES } from './minute-book';

export interface Metrics extends RequestMetrics {
  readonly timestamp: string;
  /** How many services of the site the figures are of. */
  readonly instances: number;
  /** False when the figures of the others could not be read. */
  readonly complete: boolean;
  readonly data_consistency: MeasuredConsistency;
}

/** What all services of the site did lately: what the others stored, and what this one knows itself. */
export class SiteMetrics {
  constructor(
    private readonly book: MinuteBook,
    private readonly store: MinuteStore,
    private readonly consistency: LastConsistency,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async read(): Promise<Metrics> {
    const from = this.book.thisMinute() - WINDOW_MINUTES + 1;
    const [others, data_consistency] = await Promise.all([this.others(from), this.consistency.get()]);
    const own = this.book.minutes().filter(({ minute }) => minute >= from);
    return {
      timestamp: this.clock().toISOString(),
      ...metricsOf([...(others ?? []), ...own]),
      data_consistency,
      instances: 1 + new Set(others?.map(({ instance }) => instance)).size,
      complete: others !== undefined,
    };
  }

  private async others(from: number) {
    try {
      return await this.store.ofOthers(from);
    } catch (error) {
      this.log.debug('the metrics of other services cannot be read now', { error });
      return undefined;
    }
  }
}
