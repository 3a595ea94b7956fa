import { OpenFeature } from '@openfeature/server-sdk';
import type { DependencyContainer } from 'tsyringe';
import { readFile } from 'node:fs/promises';
import { allOperations, rolloutGroups } from './api/catalogue';
import { type RolloutSeed, seedRollout, startSummary } from './application/rollout/rollout-seeding';
import type { GroupPlan } from './domain/rollout/rollout-plan';
import { REST, every } from './infrastructure/environment/scheduler';
import { RolloutProvider } from './infrastructure/openfeature/rollout-provider';
import { ROLLOUT_CHANNEL } from './infrastructure/postgres/pg-rollout-store';
import { hasCode } from './infrastructure/system/files';
import { readRolloutFile } from './infrastructure/yaml/rollout-file';
import { keys } from './keys';

export interface RolloutPace {
  /** How often counts are stored, and how often groups are judged, in milliseconds. */
  readonly uploadMs: number;
  readonly evaluateMs: number;
}

const PACE: RolloutPace = { uploadMs: 1_000, evaluateMs: 5_000 };
/** While nothing runs that could be judged; a change of the rollout wakes. */
const REST_MS = 60_000;
/** Longer than anybody waits for the end of a verification that was broken off. */
const END_EVERY_MS = 30_000;

/**
 * Brings plans and environment in, follows the stored rollout from then on, stores evidence and judges it. Answers where
 * calls go and why, for the console.
 */
export async function startRollout(
  site: DependencyContainer,
  settings: { readonly rolloutFile: string; readonly seed: RolloutSeed; readonly pace?: RolloutPace },
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<string> {
  const [log, store] = [site.resolve(keys.log), site.resolve(keys.rolloutStore)];
  const outcome = await seedRollout(store, await readPlanFile(settings.rolloutFile), settings.seed);
  const summary = startSummary(outcome, settings.seed, await store.load());
  const control = site.resolve(keys.controlPlane);
  await control.start();
  onStop(() => control.stop());
  // For code that asks by the standard: OpenFeature.getClient('watchgate').
  await OpenFeature.setProviderAndWait(
    'watchgate',
    new RolloutProvider(
      site.resolve(keys.policy).snapshot,
      allOperations.filter((o) => o.switched),
    ),
  );
  const { uploadMs, evaluateMs } = settings.pace ?? PACE;
  const [uploader, runtime] = [site.resolve(keys.evidenceUploader), site.resolve(keys.localBreaker)];
  const upload = () => uploader.upload().then(() => runtime.storePending());
  const counts = every(uploadMs, 'storing the evidence of the rollout', upload, log);
  const evaluator = site.resolve(keys.evaluator);
  const judge = async () => ((await evaluator.evaluate()) ? undefined : REST);
  const judging = every(evaluateMs, 'judging the rollout', judge, log, { restMs: REST_MS });
  await site.resolve(keys.connection).listen(ROLLOUT_CHANNEL, judging.wake);
  const verifications = site.resolve(keys.verifications);
  const ending = every(END_EVERY_MS, 'ending verifications', () => verifications.endExpired(), log);
  onStop(() => Promise.all([counts.stop(), judging.stop(), ending.stop()]).then(upload));
  return summary;
}

/** Throws one error that lists every fault with its place. No file means the default plan for every group. */
export async function readPlanFile(path: string): Promise<readonly GroupPlan[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  const { plans, faults } = readRolloutFile(text, rolloutGroups);
  if (faults.length === 0) return plans;
  const lines = faults.map((f) => `  - line ${f.line}, column ${f.column}: ${f.path} ${f.message}`);
  throw new Error(`${path} has ${faults.length} fault(s):\n${lines.join('\n')}`);
}
