import type { EvidenceBatch, Sample } from '../../src/application/rollout/evidence-store';
import { EvidenceCollector } from '../../src/application/rollout/evidence-uploader';
import { LocalBreaker } from '../../src/application/rollout/local-breaker';
import type { RoutedOperation } from '../../src/application/rollout/operation-router';
import { RolloutEvaluator } from '../../src/application/rollout/rollout-evaluator';
import { RolloutPolicy } from '../../src/application/rollout/rollout-policy';
import { RolloutService } from '../../src/application/rollout/rollout-service';
import { Verifications } from '../../src/application/rollout/verifications';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { DomainError } from '../../src/domain/shared/domain-error';
import type { Json } from '../../src/domain/shared/json';
import { AlertRows } from './in-memory-alerts';
import { InMemoryDesiredStates } from './in-memory-desired-states';
import { EventRows } from './in-memory-events';
import { EvidenceRows, InMemoryEvidenceStore, InMemoryRolloutStore, InMemoryVerifications } from './in-memory-rollout';
import { Outage } from './outage';
import { rememberingLog } from './quiet-log';

export const GROUP = 'record-read';
export const READ: RoutedOperation = {
  id: 'records.violations',
  group: GROUP,
  effect: 'read',
  fallback: 'none',
  stickyBy: 'caller',
  mayDiffer: [],
};

/** Two stages of a minute each, and evidence that a few calls are. */
const PLANS = {
  defaults: {
    stages: [
      { percent: 10, bake: '1m' },
      { percent: 100, bake: '1m' },
    ],
    min_calls: 1,
    min_comparisons: 1,
    min_control: 200,
    holdout_percent: 5,
  },
};

/** The rollout of a site with one group, without a database and at a time of its own. */
export function rolloutSiteInMemory(plans: Json = PLANS) {
  const time = { now: new Date('2030-01-01T00:00:00Z') };
  const clock = () => time.now;
  const [outage, log] = [new Outage(), rememberingLog()];
  const memory = new InMemoryRolloutStore(clock);
  const store = outage.over(memory);
  const evidence = outage.over(new InMemoryEvidenceStore(new EvidenceRows(), 'one', clock));
  const collector = new EvidenceCollector([READ], evidence, store);
  const keys = async () => [];
  const [alerts, site, desired] = [new AlertRows(clock), new EventRows(), new InMemoryDesiredStates()];
  const removed: string[] = [];
  const cameras = { fault: undefined as Error | undefined };
  const removeCamera = async (id: string) => {
    if (cameras.fault) throw cameras.fault;
    removed.push(id);
    throw new DomainError('camera.not_found', 'There is none.');
  };
  const verifications = new Verifications(new InMemoryVerifications(alerts, site, desired, clock), removeCamera);
  const whileWaiting = { happens: (): void => undefined };
  const policy = new RolloutPolicy();
  const service = new RolloutService(store, evidence, collector, [READ], keys, verifications, async () =>
    whileWaiting.happens(),
  );
  let batches = 0;
  return {
    pass: (ms: number) => void (time.now = new Date(time.now.getTime() + ms)),
    begin: async () => {
      const all = readPlans(plans, [GROUP]).plans;
      await store.change('environment', () => ({ transitions: [], plans: { all, sha256: 'plans' } }));
    },
    state: async () => {
      const found = (await memory.load()).groups.get(GROUP);
      if (!found) throw new Error(`there is no group ${GROUP}`);
      return found.state;
    },
    install: async () => policy.install(await memory.load()),
    kinds: () => memory.stored.map(({ event }) => event.kind),
    /** Calls of the present stage on one arm. */
    count: async (arm: Sample['arm'], counts: Partial<Sample>, more: Partial<EvidenceBatch> = {}) => {
      const { entry } = (await memory.load()).groups.get(GROUP)?.state ?? { entry: 0 };
      const nothing = { n: 0, ok: 0, reject: 0, failure: 0, fallback: 0, drawn: 0, histogram: {} };
      const sample = { group: GROUP, entry, operation: READ.id, arm, ...nothing, ...counts };
      await evidence.add({ number: (batches += 1), samples: [sample], comparisons: [], ...more });
    },
    /** An instance says that it lives, and which revision it has applied. */
    heartbeat: (name: string, appliedRevision: number) => {
      const others = memory.heartbeats.filter(({ id }) => id !== name);
      const now = { id: name, name, appliedRevision, appliedAt: time.now, heartbeatAt: time.now };
      memory.heartbeats.splice(0, memory.heartbeats.length, ...others, now);
    },
    evaluator: (leads = true) =>
      new RolloutEvaluator(store, collector, keys, (task) => (leads ? task() : Promise.resolve()), log),
    runtime: new LocalBreaker(policy, store, evidence, log),
    clock,
    outage,
    log,
    memory,
    store,
    evidence,
    collector,
    verifications,
    removed,
    whileWaiting,
    cameras,
    desired,
    policy,
    service,
  };
}
