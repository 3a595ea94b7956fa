/** With UNIT_FULL=1 simulations and properties are tried as often as they ever are; otherwise as often as a moment allows. */
const FULL = process.env.UNIT_FULL === '1';

/** How often something is tried: `full` times, or in the short form of the unit tests a fraction of it. */
export const runs = (full: number, short: number): number => (FULL ? full : short);
