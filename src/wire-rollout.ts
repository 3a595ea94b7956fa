import { setTimeout as pause } from 'node:timers/promises';
import { allOperations } from './api/catalogue';
import { EvidenceRecorder } from './application/rollout/evidence-recorder';
import { EvidenceCollector, EvidenceUploader } from './application/rollout/evidence-uploader';
import { LocalBreaker } from './application/rollout/local-breaker';
import { type KnownKeys, RolloutEvaluator } from './application/rollout/rollout-evaluator';
import { RolloutPolicy } from './application/rollout/rollout-policy';
import { RolloutService } from './application/rollout/rollout-service';
import type { RolloutDocument } from './application/rollout/rollout-store';
import { ShadowComparer } from './application/rollout/shadow-comparer';
import { Verifications } from './application/rollout/verifications';
import { DEFAULT_PLAN } from './domain/rollout/rollout-plan';
import { PgControlPlane } from './infrastructure/postgres/pg-control-plane';
import { PgEvidenceStore } from './infrastructure/postgres/pg-evidence-store';
import { PgRolloutStore } from './infrastructure/postgres/pg-rollout-store';
import { PgVerifications } from './infrastructure/postgres/pg-verifications';
import { type Once, keys } from './keys';

/** Longer than the file may honestly lag behind the table. */
const CONFIRM_AFTER_MS = 3_000;

export interface ShadowTuning {
  readonly idle?: () => boolean;
  readonly confirmAfterMs?: number;
}

const switched = allOperations.filter((o) => o.switched);

const stickyBy = (group: string, member: string) => switched.some((o) => o.group === group && o.stickyBy === member);

export function wireRollout(once: Once, site: { readonly shadow?: ShadowTuning }): void {
  const { idle = () => true, confirmAfterMs = CONFIRM_AFTER_MS } = site.shadow ?? {};
  once(keys.policy, () => new RolloutPolicy());
  once(keys.rolloutStore, (get) => new PgRolloutStore(get(keys.database), get(keys.log)));
  once(keys.evidenceStore, (get) => new PgEvidenceStore(get(keys.database), get(keys.instanceId)));
  once(
    keys.localBreaker,
    (get) => new LocalBreaker(get(keys.policy), get(keys.rolloutStore), get(keys.evidenceStore), get(keys.log)),
  );
  once(keys.recorder, (get) => {
    const { tripped, attention } = get(keys.localBreaker);
    const rules = (group: string) => get(keys.policy).planOf(group)?.rules ?? DEFAULT_PLAN.rules;
    return new EvidenceRecorder({ onTrip: tripped, onAttention: attention, rules });
  });
  once(keys.shadow, (get) => {
    const options = { idle, confirmAfterMs, pause, onMismatch: get(keys.localBreaker).mismatch };
    return new ShadowComparer(options, get(keys.clock), get(keys.log));
  });
  once(keys.evidenceUploader, (get) => {
    const source = { samples: get(keys.recorder), comparisons: get(keys.shadow) };
    return new EvidenceUploader(source, get(keys.evidenceStore));
  });
  once(keys.collector, (get) => new EvidenceCollector(switched, get(keys.evidenceStore), get(keys.rolloutStore)));
  once(keys.controlPlane, (get) => {
    const instance = { id: get(keys.instanceId), name: get(keys.instanceName) };
    const [policy, runtime] = [get(keys.policy), get(keys.localBreaker)];
    const install = (document: RolloutDocument) => {
      const forgotten = policy.install(document);
      if (forgotten) runtime.forgot(forgotten);
    };
    const setStale = (stale: boolean) => policy.setStale(stale);
    return new PgControlPlane(get(keys.connection), instance, { install, setStale }, get(keys.log));
  });
  wireSteering(once);
}

function wireSteering(once: Once): void {
  once(
    keys.verifications,
    (get) =>
      new Verifications(new PgVerifications(get(keys.database)), (camera_id) =>
        get(keys.camerasOnDomain).remove({ camera_id }),
      ),
  );
  /** The keys there are of a group whose calls are not sticky by caller alone. */
  const known =
    (get: Parameters<Parameters<Once>[1]>[0]): KnownKeys =>
    async (group) => {
      if (stickyBy(group, 'camera_id')) return (await get(keys.cameras).all()).map((c) => c.id);
      return stickyBy(group, 'rule_id') ? (await get(keys.alertRules).all()).map((r) => String(r.id)) : [];
    };
  once(keys.evaluator, (get) => {
    const database = get(keys.database);
    return new RolloutEvaluator(
      get(keys.rolloutStore),
      get(keys.collector),
      known(get),
      (task) => database.alone('watchgate.rollout_evaluator', task),
      get(keys.log),
    );
  });
  once(
    keys.rollout,
    (get) =>
      new RolloutService(
        get(keys.rolloutStore),
        get(keys.evidenceStore),
        get(keys.collector),
        switched,
        known(get),
        get(keys.verifications),
        pause,
      ),
  );
}
