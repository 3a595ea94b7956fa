import type { DependencyContainer } from 'tsyringe';
import { every } from './infrastructure/environment/scheduler';
import { keys } from './keys';

const SAVE_EVERY_MS = 10_000;

/** Counts requests from now on, and tells the other services of the site. Gives what HTTP needs of it. */
export function startMonitoring(site: DependencyContainer, onStop: (undo: () => Promise<unknown>) => void) {
  const [log, book, minutes] = [site.resolve(keys.log), site.resolve(keys.minuteMetrics), site.resolve(keys.minutes)];
  const save = () => book.save(minutes);
  const saving = every(SAVE_EVERY_MS, 'storing the metrics', save, log);
  onStop(() => saving.stop().then(save));
  const scrape = () => site.resolve(keys.prometheus).render();
  const monitoring = site.resolve(keys.monitoring);
  return { meter: site.resolve(keys.requestMeter).count, ready: () => monitoring.missing(), scrape };
}
