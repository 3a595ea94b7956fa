import { useSyncExternalStore } from 'react';

/**
 * The time of the service. The clock of a PC on the line is often wrong; ages are counted from the service's own time,
 * and the person is given a hint where the two differ.
 */
let offsetMs = 0;
/** How far the offset may be off: the best measurement is kept. */
let errorMs = Number.POSITIVE_INFINITY;
let measuredAt = 0;
const FORGET_AFTER_MS = 60_000;

export function noteServerTime(serverMs: number, uncertainMs: number): void {
  const now = Date.now();
  if (uncertainMs > errorMs && now - measuredAt < FORGET_AFTER_MS) return;
  [offsetMs, errorMs, measuredAt] = [serverMs - now, uncertainMs, now];
}

export const serverNow = (): number => Date.now() + offsetMs;
export const clockOffset = (): number => offsetMs;

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;
let second = Math.floor(Date.now() / TICK_MS);

function subscribe(listener: () => void) {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    second = Math.floor(Date.now() / TICK_MS);
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** The service's time, once a second; one timer for all that show an age. */
export function useServerNow(): number {
  useSyncExternalStore(subscribe, () => second);
  return serverNow();
}
