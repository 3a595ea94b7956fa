import type { JsonObject } from '../shared/json';

/** How one look found a part of the service. */
export interface PartLook {
  readonly status: string;
  /** For people; free of secrets. */
  readonly error?: string;
  readonly details?: JsonObject;
}

/** Looks in a row that found a part not well. Plain JSON: services tell it each other. */
export interface PartStreak extends PartLook {
  /** 0: it is well. */
  readonly looks: number;
  /** When the first of them was, in milliseconds since 1970; of no meaning while it is well. */
  readonly since: number;
}

/** Before this many looks in a row it may be chance. */
export const BAD_LOOKS = 3;

export function lookAgain(before: PartStreak | undefined, look: PartLook, at: number): PartStreak {
  if (look.status === 'ok') return { status: look.status, looks: 0, since: at };
  return { ...look, looks: (before?.looks ?? 0) + 1, since: before && before.looks > 0 ? before.since : at };
}
