import type { Violation } from '../../domain/records/violation';
import type { ViolationChange } from './records-port';

/** Conditions of a list; those that are absent do not matter. */
export interface ViolationConditions {
  readonly cameraId?: string;
  readonly status?: string;
  readonly violationType?: string;
}

/** A place in the list of violations, newest first. */
export interface ViolationPlace {
  readonly timestamp: Date;
  readonly id: number;
}

export interface Changed {
  readonly violations: readonly Violation[];
  /** Ids that are of no violation. */
  readonly unknown: readonly number[];
}

/** Violations, and the trail of what was done about them. Throws `database.unavailable`. */
export interface ViolationStore {
  /** Newest first, behind a place if one is given. */
  page(conditions: ViolationConditions, limit: number, offset: number, after?: ViolationPlace): Promise<Violation[]>;
  count(conditions: ViolationConditions): Promise<number>;
  find(id: number): Promise<Violation | undefined>;
  /**
   * Changes some violations in one transaction, all or none, each with a row of the trail; nobody else changes them
   * meanwhile. What `decide` throws is thrown, and nothing is changed.
   */
  change(ids: readonly number[], decide: (violation: Violation) => Violation): Promise<Changed>;
  trail(id: number): Promise<ViolationChange[]>;
}
