import type { ViolationTypes } from '../shared/event';

/** What people ask about an event, whatever exactly its detector calls it. */
export interface EventKinds {
  readonly handwashing: number;
  readonly disinfection: number;
  readonly hairnet: number;
  readonly violations: number;
}

const HANDWASHING = /hand_?wash/i;
const DISINFECTION = /disinfect|saniti[sz]/i;
const HAIRNET = /hair_?net/i;

/** Sorts counts by type of event into kinds; an event may be of several. */
export function kindsOf(counts: Readonly<Record<string, number>>, types: ViolationTypes): EventKinds {
  const sum = (is: (type: string) => boolean) =>
    Object.entries(counts).reduce((total, [type, count]) => total + (is(type) ? count : 0), 0);
  return {
    handwashing: sum((type) => HANDWASHING.test(type)),
    disinfection: sum((type) => DISINFECTION.test(type)),
    hairnet: sum((type) => HAIRNET.test(type)),
    violations: sum((type) => Object.hasOwn(types, type)),
  };
}
