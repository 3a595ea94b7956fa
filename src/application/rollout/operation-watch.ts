import { attentionSettings, Detector, rollbackSettings } from '../../domain/rollout/detector';
import type { EvidenceRules } from '../../domain/rollout/evidence';

/** Told that calls of an operation fail on the domain path, in a stage entry of a group. */
export type Alarm = (group: string, entry: number, operation: string) => void;

export interface Alarms {
  readonly onTrip: Alarm;
  readonly onAttention: Alarm;
  /** The rules of a group, taken when a stage entry is first seen. */
  readonly rules: (group: string) => EvidenceRules;
}

/**
 * The local breaker of one operation in one stage entry. It watches an operation and not its group: a rare operation
 * that is dead would go unnoticed among the healthy calls of a busy one.
 */
export class OperationWatch {
  private readonly errors: Detector;
  private readonly attention: Detector;

  constructor(
    private readonly group: string,
    private readonly entry: number,
    private readonly operation: string,
    private readonly alarms: Alarms,
  ) {
    const rules = alarms.rules(group);
    this.errors = new Detector(rollbackSettings(rules));
    this.attention = new Detector(attentionSettings(rules));
  }

  /** Each alarm is raised once. */
  outcome(failed: boolean): void {
    const { group, entry, operation, errors, attention, alarms } = this;
    if (!attention.tripped && attention.observe(failed)) alarms.onAttention(group, entry, operation);
    if (!errors.tripped && errors.observe(failed)) alarms.onTrip(group, entry, operation);
  }
}
