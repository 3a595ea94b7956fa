import type { DependencyContainer } from 'tsyringe';
import { HOUR_MS } from './domain/shared/time';
import { every } from './infrastructure/environment/scheduler';
import { rotateJournal } from './infrastructure/journal/disk-journal';
import { watchJournal } from './infrastructure/journal/watch-journal';
import { keys } from './keys';

/** Of the folder of the journal; it is watched as well, where the system can do that. */
const LOOK_EVERY_MS = 1_000;
/** What is written in a row is one batch. */
const APART_MS = 100;
const HOURLY_MS = HOUR_MS;
const ROTATE_EVERY_MS = 60_000;

/** Takes in the journal from now on, and keeps journal and tables from growing without end. */
export async function startEvents(
  site: DependencyContainer,
  journal: string,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  const log = site.resolve(keys.log);
  const [ingestor, retention] = [site.resolve(keys.ingestor), site.resolve(keys.eventRetention)];
  const [files, intake, database] = [
    site.resolve(keys.journalFiles),
    site.resolve(keys.eventIntake),
    site.resolve(keys.database),
  ];
  await retention.prepare();
  const rotate = () => database.alone('watchgate.journal_rotation', () => rotateJournal(journal, files, intake));
  const taking = every(LOOK_EVERY_MS, 'taking in the journal', () => ingestor.pass(), log, { apartMs: APART_MS });
  const watch = watchJournal(journal, taking.wake, log);
  onStop(async () => watch.close());
  const tasks = [
    taking,
    every(HOURLY_MS, 'making room for events', () => retention.makeRoom(), log),
    every(HOURLY_MS, 'deleting what is too old', () => site.resolve(keys.retention).run(), log),
    every(ROTATE_EVERY_MS, 'the rotation of the journal', rotate, log),
  ];
  onStop(() => {
    ingestor.stop();
    return Promise.all(tasks.map((task) => task.stop()));
  });
}
