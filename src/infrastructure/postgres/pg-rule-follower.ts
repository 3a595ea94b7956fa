import type { ActiveRules } from '../../application/alerts/alert-evaluator';
import type { AlertRuleRepository } from '../../domain/alerts/alert-rule';
import type { Readable } from './queryable';

/** Changes whenever a row does. */
const DIGEST = `SELECT md5(coalesce(string_agg(id || ':' || xmin, ',' ORDER BY id), '')) AS digest FROM alert_rules`;

/** Keeps the rules of this process those of the table. */
export class PgRuleFollower {
  private digest = '';
  private busy?: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly sql: Readable,
    private readonly rules: AlertRuleRepository,
    private readonly book: ActiveRules,
  ) {}

  /** Resolves when the newest rules are in force here. One look at a time; one asked for meanwhile is made after it. */
  refresh(): Promise<void> {
    this.again = true;
    this.busy ??= this.lookAgain().finally(() => {
      this.busy = undefined;
    });
    return this.busy;
  }

  private async lookAgain(): Promise<void> {
    while (this.again) {
      this.again = false;
      // Read before the rules: a change in between is found by the next look.
      const digest = (await this.sql.query<{ digest: string }>(DIGEST, []))[0]?.digest ?? '';
      if (digest === this.digest) continue;
      this.book.install(await this.rules.all());
      this.digest = digest;
    }
  }
}
