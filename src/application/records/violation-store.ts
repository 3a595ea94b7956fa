import type { Violation } from '../../domain/records/violation';
import type { ViolationChange } from './records-port';

/** Conditions of a list; absent ones do not restrict it. */
export interface ViolationConditions {
  readonly cameraId?: string;
  readonly status?: string;
  readonly violationType?: string;
  readonly handledBy?: string;
  /** 0 to 1; violations without a confidence do not fit. */
  readonly minConfidence?: number;
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
}

export type ViolationOrder = 'newest' | 'oldest';

/** A position in the list of violations, newest first. */
export interface ViolationPlace {
  readonly timestamp: Date;
  readonly id: number;
}

/** A part of a list. */
export interface ViolationSlice {
  readonly limit: number;
  /** 0 where it is absent. */
  readonly offset?: number;
  readonly after?: ViolationPlace | undefined;
  /** `newest` where it is absent. */
  readonly order?: ViolationOrder;
}

export interface Changed {
  readonly violations: readonly Violation[];
  /** Ids without a violation. */
  readonly unknown: readonly number[];
}

/** Violations, and the trail of their changes. Throws `database.unavailable`. */
export interface ViolationStore {
  /** In their order, after a position if one is given. */
  page(conditions: ViolationConditions, page: ViolationSlice): Promise<Violation[]>;
  count(conditions: ViolationConditions): Promise<number>;
  /** Those that were opened or changed last, latest first. */
  changedLast(limit: number): Promise<Violation[]>;
  find(id: number): Promise<Violation | undefined>;
  /**
   * Changes some violations in one transaction, all or none, each with a row of the trail, under a lock. What `decide`
   * throws is thrown, and nothing is changed.
   */
  change(ids: readonly number[], decide: (violation: Violation) => Violation): Promise<Changed>;
  /** Names the picture of a violation that has none. Its handling stays as it is. */
  setSnapshot(id: number, path: string, at: Date): Promise<void>;
  trail(id: number): Promise<ViolationChange[]>;
}
