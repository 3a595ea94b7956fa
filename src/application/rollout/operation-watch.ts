import { attentionSettings, Detector, rollbackSettings } from '../../domain/rollout/detector';
import type { EvidenceRules } from '../../domain/rollout/evidence';
import { SLOW_DETECTOR } from '../../domain/rollout/operation-findings';

/** What is wrong with the calls of an operation on the domain path. */
export type Symptom = 'fail' | 'are too slow';

/** Told that calls of an operation are not as they should be, in a stage entry of a group. */
export type Alarm = (group: string, entry: number, operation: string, symptom: Symptom) => void;

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
  private readonly slow = new Detector(SLOW_DETECTOR);

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
    if (!attention.tripped && attention.observe(failed)) alarms.onAttention(group, entry, operation, 'fail');
    if (!errors.tripped && errors.observe(failed)) alarms.onTrip(group, entry, operation, 'fail');
  }

  duration(tooSlow: boolean): void {
    const { group, entry, operation, slow, alarms } = this;
    if (!slow.tripped && slow.observe(tooSlow)) alarms.onTrip(group, entry, operation, 'are too slow');
  }
}
