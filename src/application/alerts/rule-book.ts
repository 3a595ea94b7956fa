import type { AlertRule } from '../../domain/alerts/alert-rule';
import { watched, type WatchedRule } from '../../domain/alerts/watched-rule';

/** The rules in force in this process. */
export class RuleBook {
  private version = 0;
  private all: readonly WatchedRule[] = [];

  /** Another one whenever the rules are others. */
  get revision(): number {
    return this.version;
  }

  get rules(): readonly WatchedRule[] {
    return this.all;
  }

  install(rules: readonly AlertRule[]): void {
    this.all = rules.flatMap((rule) => watched(rule) ?? []);
    this.version += 1;
  }
}
