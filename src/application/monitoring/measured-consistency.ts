import type { Clock, Log } from '../shared/log';
import type { Consistency } from './probes';

/** Null where it could not be measured yet. */
export interface MeasuredConsistency {
  readonly consistent: boolean | null;
  readonly issues_count: number | null;
  readonly db_count: number | null;
  readonly yaml_count: number | null;
  readonly last_check: string | null;
}

const FRESH_MS = 5_000;
const UNKNOWN: MeasuredConsistency = {
  consistent: null,
  issues_count: null,
  db_count: null,
  yaml_count: null,
  last_check: null,
};

/** The last measurement, made again when it is asked for and not fresh any more; `last_check` says when it was. */
export class LastConsistency {
  private last = UNKNOWN;
  private at = -Infinity;

  constructor(
    private readonly measure: () => Promise<Consistency>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async get(): Promise<MeasuredConsistency> {
    const now = this.clock();
    if (now.getTime() - this.at < FRESH_MS) return this.last;
    try {
      const { inTable, inFile, issues } = await this.measure();
      const counts = { issues_count: issues.length, db_count: inTable, yaml_count: inFile };
      this.last = { consistent: issues.length === 0, ...counts, last_check: now.toISOString() };
      this.at = now.getTime();
    } catch (error) {
      this.log.debug('the consistency of the cameras cannot be measured now', { error });
    }
    return this.last;
  }
}
