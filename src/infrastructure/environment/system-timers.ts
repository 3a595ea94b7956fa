import type { Timers } from '../../application/camera-control/timers';

/** The time of this machine. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  wall: () => new Date(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
