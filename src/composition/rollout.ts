import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { allOperations, rolloutGroups } from '../api/catalogue';
import { type Mounted, mounted } from '../api/http/mount';
import { rolloutOperations } from '../api/rollout/rollout-operations';
import type { CamerasPort } from '../application/cameras/cameras-port';
import { EvidenceRecorder } from '../application/rollout/evidence-recorder';
import type { EvidenceStore } from '../application/rollout/evidence-store';
import { EvidenceCollector, EvidenceUploader } from '../application/rollout/evidence-uploader';
import { LocalBreaker } from '../application/rollout/local-breaker';
import { OperationRouter } from '../application/rollout/operation-router';
import { type KnownKeys, RolloutEvaluator } from '../application/rollout/rollout-evaluator';
import { RolloutPolicy } from '../application/rollout/rollout-policy';
import { type RolloutSeed, seedRollout, startSummary } from '../application/rollout/rollout-seeding';
import { RolloutService } from '../application/rollout/rollout-service';
import type { RolloutDocument, RolloutStore } from '../application/rollout/rollout-store';
import { ShadowComparer } from '../application/rollout/shadow-comparer';
import { Verifications } from '../application/rollout/verifications';
import type { AlertRuleRepository } from '../domain/alerts/alert-rule';
import { maskFields } from '../domain/cameras/camera-secrets';
import type { CameraRepository } from '../domain/cameras/camera';
import { DEFAULT_PLAN, type GroupPlan } from '../domain/rollout/rollout-plan';
import { REST } from '../infrastructure/environment/scheduler';
import { PgControlPlane } from '../infrastructure/postgres/pg-control-plane';
import { PgEvidenceStore } from '../infrastructure/postgres/pg-evidence-store';
import { PgRolloutStore, ROLLOUT_CHANNEL } from '../infrastructure/postgres/pg-rollout-store';
import { PgVerifications } from '../infrastructure/postgres/pg-verifications';
import { hasCode } from '../infrastructure/system/files';
import { readRolloutFile } from '../infrastructure/yaml/rollout-file';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

export interface RolloutPace {
  /** How often counts are stored, and how often groups are judged, in milliseconds. */
  readonly uploadMs: number;
  readonly evaluateMs: number;
}

const PACE: RolloutPace = { uploadMs: 1_000, evaluateMs: 5_000 };
/** While no group runs that could be judged; a change of the rollout wakes it. */
const REST_MS = 60_000;
/** The longest time before the end of an interrupted verification is noticed. */
const END_EVERY_MS = 30_000;

const switchedOperations = allOperations.filter((o) => o.switched);

/** Which path serves a call, the evidence of that, and who steers it. */
export interface Rollout {
  readonly policy: RolloutPolicy;
  readonly store: RolloutStore;
  readonly evidence: EvidenceStore;
  readonly breaker: LocalBreaker;
  readonly recorder: EvidenceRecorder;
  readonly shadow: ShadowComparer;
  readonly uploader: EvidenceUploader;
  readonly controlPlane: PgControlPlane;
  readonly verifications: Verifications;
  readonly evaluator: RolloutEvaluator;
  readonly router: OperationRouter;
  readonly service: RolloutService;
  readonly operations: readonly Mounted[];
}

interface KeyOwners {
  readonly cameras: CameraRepository;
  readonly rules: AlertRuleRepository;
  /** Removes the cameras that a verification made. */
  readonly onDomain: Pick<CamerasPort, 'remove'>;
}

export function createRollout(platform: Platform, owners: KeyOwners): Rollout {
  const { database, connection, clock, log, instance, isIdle, confirmAfterMs } = platform;
  const policy = new RolloutPolicy();
  const store = new PgRolloutStore(database, log);
  const evidence = new PgEvidenceStore(database, instance.id);
  const breaker = new LocalBreaker(policy, store, evidence, log);
  const rules = (group: string) => policy.planOf(group)?.rules ?? DEFAULT_PLAN.rules;
  const recorder = new EvidenceRecorder({ onTrip: breaker.tripped, onAttention: breaker.attention, rules });
  const idle = () => isIdle() && !database.hasWaitingReaders;
  const options = { idle, confirmAfterMs, pause, onMismatch: breaker.mismatch, mask: maskFields };
  const shadow = new ShadowComparer(options, clock, log);
  const collector = new EvidenceCollector(switchedOperations, evidence, store);
  const install = (document: RolloutDocument) => {
    const forgotten = policy.install(document);
    if (forgotten) breaker.forgot(forgotten);
  };
  const following = { install, setStale: (stale: boolean) => policy.setStale(stale) };
  const known = knownKeys(owners);
  const verifications = new Verifications(new PgVerifications(database), (camera_id) =>
    owners.onDomain.remove({ camera_id }),
  );
  const alone = (task: () => Promise<void>) => database.tryExclusively('watchgate.rollout_evaluator', task);
  const service = new RolloutService(store, evidence, collector, switchedOperations, known, verifications, pause);
  return {
    policy,
    store,
    evidence,
    breaker,
    recorder,
    shadow,
    uploader: new EvidenceUploader({ samples: recorder, comparisons: shadow }, evidence),
    controlPlane: new PgControlPlane(connection, instance, following, log),
    verifications,
    evaluator: new RolloutEvaluator(store, collector, known, alone, log),
    router: new OperationRouter(policy.snapshot, recorder.record, shadow.offer, log),
    service,
    operations: mounted(rolloutOperations, service),
  };
}

const stickyBy = (group: string, member: string) =>
  switchedOperations.some((o) => o.group === group && o.stickyBy === member);

/** The existing keys of a group whose calls are not sticky by caller alone. */
const knownKeys =
  ({ cameras, rules }: KeyOwners): KnownKeys =>
  async (group) => {
    if (stickyBy(group, 'camera_id')) return (await cameras.all()).map((c) => c.id);
    return stickyBy(group, 'rule_id') ? (await rules.all()).map((r) => String(r.id)) : [];
  };

/**
 * Stores plans and environment, from then on follows the stored rollout, stores evidence and judges it. Returns where
 * calls go and why, for the console.
 */
export async function startRollout(
  { connection }: Platform,
  rollout: Rollout,
  settings: { readonly rolloutFile: string; readonly seed: RolloutSeed; readonly pace?: RolloutPace },
  life: Lifecycle,
): Promise<string> {
  const { store, controlPlane, uploader, breaker, evaluator, verifications } = rollout;
  const outcome = await seedRollout(store, await readPlanFile(settings.rolloutFile), settings.seed);
  const summary = startSummary(outcome, settings.seed, await store.load());
  await controlPlane.start();
  life.onStop(() => controlPlane.stop());
  const { uploadMs, evaluateMs } = settings.pace ?? PACE;
  const upload = () => uploader.upload().then(() => breaker.storePending());
  life.onStop(upload);
  life.every(uploadMs, 'storing the evidence of the rollout', upload);
  const judge = async () => ((await evaluator.evaluate()) ? undefined : REST);
  const judging = life.every(evaluateMs, 'judging the rollout', judge, { restMs: REST_MS });
  await connection.listen(ROLLOUT_CHANNEL, judging.wake);
  life.every(END_EVERY_MS, 'ending verifications', () => verifications.endExpired());
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
