import type { DependencyContainer } from 'tsyringe';
import { stat } from 'node:fs/promises';
import type { ConfigFault, FaultyEntry } from './application/cameras/cameras-file';
import type { Reconciled } from './application/cameras/configuration-reconciliation';
import { quarantinedIn } from './application/cameras/quarantine';
import type { Log } from './application/shared/log';
import { every } from './infrastructure/environment/scheduler';
import { FileWatcher } from './infrastructure/files/file-watcher';
import { noneIfAbsent } from './infrastructure/system/files';
import { keys } from './keys';

const RECOVERY_EVERY_MS = 60_000;
const DOUBT_EVERY_MS = 2_000;

/** Brings table and file together, and keeps them so: at every change of the file, and every minute. */
export async function startCameras(
  site: DependencyContainer,
  camerasFile: string,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<Reconciled & { quarantined: readonly FaultyEntry[] }> {
  const [log, configuration] = [site.resolve(keys.log), site.resolve(keys.configuration)];
  const settled = await configuration.reconcile();
  await warnOfReaders(camerasFile, log);
  const format = site.resolve(keys.camerasFormat);
  const quarantined = ({ head }: Reconciled) => (head ? quarantinedIn(head, format) : []);
  const look = reportingFaults(log, () => configuration.reconcile(), quarantined);
  look.report(settled);
  const watcher = new FileWatcher(camerasFile, look.again, log);
  await watcher.start();
  onStop(() => watcher.stop());
  const what = 'the recovery of the camera configuration';
  const recovery = every(RECOVERY_EVERY_MS, what, () => recover(site, look.again), log);
  onStop(() => recovery.stop());
  const again = async () => {
    if (configuration.doubt) await look.again();
  };
  const doubting = every(DOUBT_EVERY_MS, 'the second look at an edit that removes cameras', again, log);
  onStop(() => doubting.stop());
  return { ...settled, quarantined: quarantined(settled) };
}

/** An existing file keeps its mode: somebody may have given it for a reason. */
async function warnOfReaders(camerasFile: string, log: Log): Promise<void> {
  const found = await stat(camerasFile).catch(noneIfAbsent);
  if (found && (found.mode & 0o004) !== 0)
    log.warn(
      `every user of this machine can read ${camerasFile}, which may hold passwords: chmod o-r makes it private`,
    );
}

/** The table can differ from the file only if somebody wrote to it behind our back; that is put right, and the rollout decides what it means. */
async function recover(site: DependencyContainer, look: () => Promise<void>): Promise<void> {
  await look();
  const wrong = await site.resolve(keys.configuration).inspect();
  if (wrong.length === 0) return;
  const ids = wrong.map((change) => change.id).join(', ');
  site.resolve(keys.log).error('the table differed from the file and was put right', { cameras: ids });
  await site.resolve(keys.localBreaker).tableDiffered('camera-config', ids);
}

/** Logs the faults of a file and its quarantined entries once, not at every look. */
function reportingFaults(
  log: Log,
  settle: () => Promise<Reconciled>,
  quarantined: (settled: Reconciled) => readonly FaultyEntry[],
) {
  let lastFaults = '[]';
  let lastQuarantined = '[]';
  const reportFaults = (faults: readonly ConfigFault[]) => {
    const now = JSON.stringify(faults);
    if (now === lastFaults) return;
    lastFaults = now;
    for (const f of faults) log[f.severity === 'error' ? 'error' : 'warn'](`cameras file, ${sentence(f)}`);
    if (faults.length === 0) log.info('the cameras file is free of faults again');
  };
  const reportQuarantined = (entries: readonly FaultyEntry[]) => {
    const now = JSON.stringify(entries.map(({ id, faults }) => [id, faults]));
    if (now === lastQuarantined) return;
    lastQuarantined = now;
    for (const { id, line, column, faults } of entries)
      log.warn(
        `cameras file, line ${line}, column ${column}: ${id === undefined ? 'an entry without a usable id' : `"${id}"`} ` +
          'is quarantined: it stays in the file and is no camera until it is corrected or removed ' +
          `(${faults.map(sentence).join('; ')})`,
      );
    if (entries.length === 0) log.info('no entry of the cameras file is quarantined any more');
  };
  const report = (settled: Reconciled) => {
    reportFaults(settled.faults);
    reportQuarantined(quarantined(settled));
  };
  return { report, again: async () => report(await settle()) };
}

const sentence = ({ line, column, path, message }: ConfigFault): string =>
  [`line ${line}, column ${column}`, path, message].filter(Boolean).join(': ');
