import type { AlertInput, CameraCondition, Stepped } from './alert-input';
import {
  type Absence,
  type Outage,
  absenceDue,
  noOutage,
  outageDue,
  stepAbsence,
  stepOutage,
  watchAbsence,
} from './silence-steps';
import { type Burst, type Lasting, noBurst, nothingLasting, stepBurst, stepLasting } from './violation-steps';
import type { WatchedRule } from './watched-rule';

/** The state of a rule for one camera. Plain JSON, so that it survives a restart unchanged. */
export type RuleState =
  | ({ readonly of: 'violation_threshold' } & Burst)
  | ({ readonly of: 'continuous_violation' } & Lasting)
  | ({ readonly of: 'no_detection' } & Absence)
  | ({ readonly of: 'camera_down' } & Outage);

/** What is known of a camera when a rule begins to watch it. */
export interface KnownCamera {
  readonly condition: CameraCondition;
  readonly since: number;
}

/** The initial state of a rule for a camera. */
export function begin(rule: WatchedRule, camera: KnownCamera | undefined): RuleState {
  switch (rule.type) {
    case 'violation_threshold':
      return { of: rule.type, ...noBurst };
    case 'continuous_violation':
      return { of: rule.type, ...nothingLasting };
    case 'no_detection': {
      const wanted = camera !== undefined && camera.condition !== 'unwanted';
      const since = rule.cameraId === undefined ? Math.max(rule.since, camera?.since ?? 0) : rule.since;
      return { of: rule.type, ...watchAbsence(since, wanted || rule.cameraId !== undefined) };
    }
    case 'camera_down': {
      if (camera?.condition !== 'down') return { of: rule.type, ...noOutage };
      // No alert is dated before the rule existed.
      return { of: rule.type, ...noOutage, downSince: camera.since, downAgain: camera.since, notBefore: rule.since };
    }
  }
}

/** The next state and the decisions: a pure function of the present state and the input. */
export function stepRule(rule: WatchedRule, state: RuleState, input: AlertInput): Stepped<RuleState> {
  switch (state.of) {
    case 'violation_threshold':
      return tagged(state, stepBurst(rule, state, input));
    case 'continuous_violation':
      return tagged(state, stepLasting(rule, state, input));
    case 'no_detection':
      return tagged(state, stepAbsence(rule, state, input));
    case 'camera_down':
      return tagged(state, stepOutage(rule, state, input));
  }
}

function tagged<S extends RuleState>(before: S, [state, decisions]: Stepped<Omit<S, 'of'>>): Stepped<RuleState> {
  return [state === before ? before : ({ of: before.of, ...state } as unknown as RuleState), decisions];
}

/** The earliest time at which time alone may change something; null while only an event or a camera can. */
export function dueOf(rule: WatchedRule, state: RuleState): number | null {
  switch (state.of) {
    case 'violation_threshold':
    case 'continuous_violation':
      return state.quiet?.until ?? null;
    case 'no_detection':
      return absenceDue(rule, state);
    case 'camera_down':
      return outageDue(rule, state);
  }
}
