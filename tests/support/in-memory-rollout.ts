import { sumOf } from '../../src/application/rollout/evidence-uploader';
import type {
  ComparisonCounts,
  EvidenceBatch,
  EvidenceStore,
  Mismatch,
  Sample,
  SampleMinute,
} from '../../src/application/rollout/evidence-store';
import type { VerificationView } from '../../src/application/rollout/group-overview';
import {
  ALL_GROUPS,
  type Instance,
  type RolloutChange,
  type RolloutDocument,
  type RolloutStore,
} from '../../src/application/rollout/rollout-store';
import type { VerificationStore } from '../../src/application/rollout/verifications';
import { currentCall, noteChange } from '../../src/application/shared/call-context';
import type { Clock } from '../../src/application/shared/log';
import { Violation } from '../../src/domain/records/violation';
import { CHAIN_START, type StoredEvent, follow, hashOf } from '../../src/domain/rollout/event-chain';
import { apply, initialState } from '../../src/domain/rollout/rollout-state';
import { FIRST_VERIFICATION_VIOLATION, eventCameraOf } from '../../src/domain/shared/verification';
import { groupBy } from './group-by';
import type { AlertRows } from './in-memory-alerts';
import type { InMemoryDesiredStates } from './in-memory-desired-states';
import type { EventRows } from './in-memory-events';

const ALIVE_MS = 10_000;
const KEPT_MISMATCHES = 100;
const UNDER_WAY_MS = 15_000;

/** The rollout without a database. */
export class InMemoryRolloutStore implements RolloutStore {
  readonly stored: StoredEvent[] = [];
  /** Whoever says that it lives. */
  readonly heartbeats: Instance[] = [];
  private document: Omit<RolloutDocument, 'now'> = {
    revision: 0,
    killed: false,
    planSha256: '',
    environment: {},
    groups: new Map(),
  };

  constructor(private readonly clock: Clock) {}

  async load(): Promise<RolloutDocument> {
    return this.present();
  }

  async change(actor: string | null, decide: (now: RolloutDocument) => RolloutChange) {
    const before = this.present();
    const { transitions, plans, environment } = decide(before);
    const { now: at } = before;
    if (transitions.length === 0 && !plans && environment === undefined) return { document: before, committedAt: at };
    const revision = before.revision + 1;
    const groups = new Map(before.groups);
    for (const plan of plans?.all ?? [])
      groups.set(plan.group, { plan, state: groups.get(plan.group)?.state ?? initialState(plan.group) });
    let { killed } = before;
    for (const { group, event, evidence = null } of transitions) {
      const { seq, hash: prevHash } = this.stored.at(-1) ?? CHAIN_START;
      const requestId = currentCall()?.requestId ?? null;
      const unhashed = { seq: seq + 1, group, at, actor, requestId, revision, event, evidence, prevHash };
      this.stored.push({ ...unhashed, hash: hashOf(unhashed) });
      if (group === ALL_GROUPS) killed = event.kind === 'killed';
      const known = groups.get(group);
      if (known) groups.set(group, { ...known, state: apply(known.state, event, at, actor, revision) });
    }
    const inOrder = new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
    const planSha256 = plans?.sha256 ?? before.planSha256;
    this.document = {
      revision,
      killed,
      planSha256,
      environment: environment ?? before.environment,
      groups: inOrder,
    };
    noteChange({ rollout_revision: revision });
    return { document: { ...this.document, now: at }, committedAt: this.clock() };
  }

  async events(group: string | undefined, limit: number, after: number): Promise<StoredEvent[]> {
    return this.stored
      .filter((event) => event.seq > after)
      .filter((event) => group === undefined || event.group === group || event.group === ALL_GROUPS)
      .slice(0, limit);
  }

  async newestEvents(limit: number): Promise<StoredEvent[]> {
    return this.stored.slice(-limit);
  }

  async isIntact(): Promise<boolean> {
    return follow(CHAIN_START, this.stored) !== undefined;
  }

  async instances(): Promise<Instance[]> {
    const from = this.clock().getTime() - ALIVE_MS;
    return this.heartbeats
      .filter(({ heartbeatAt }) => heartbeatAt.getTime() > from)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private present(): RolloutDocument {
    return { ...this.document, now: this.clock() };
  }
}

/** What all instances counted. */
export class EvidenceRows {
  readonly batches = new Map<string, number>();
  readonly samples: Sample[] = [];
  readonly minutes: { readonly at: Date; readonly sample: Sample }[] = [];
  readonly comparisons: EvidenceBatch['comparisons'][number][] = [];
  readonly mismatches: Mismatch[] = [];
}

type StageKey = { readonly group: string; readonly entry: number };
const isOf =
  ({ group, entry }: StageKey) =>
  (row: StageKey): boolean =>
    row.group === group && row.entry === entry;

/** The evidence of the rollout without a database, as one instance writes it. */
export class InMemoryEvidenceStore implements EvidenceStore {
  constructor(
    private readonly rows: EvidenceRows,
    private readonly instance: string,
    private readonly clock: Clock = () => new Date(),
  ) {}

  async add({ number, samples, comparisons }: EvidenceBatch): Promise<void> {
    if ((this.rows.batches.get(this.instance) ?? 0) >= number) return;
    this.rows.batches.set(this.instance, number);
    this.rows.samples.push(...samples);
    const at = new Date(Math.floor(this.clock().getTime() / 60_000) * 60_000);
    this.rows.minutes.push(...samples.map((sample) => ({ at, sample })));
    this.rows.comparisons.push(...comparisons);
  }

  async addMismatch(mismatch: Mismatch): Promise<void> {
    this.rows.mismatches.unshift(mismatch);
    const own = this.rows.mismatches.filter(({ group }) => group === mismatch.group);
    const surplus = own[KEPT_MISMATCHES];
    if (surplus) this.rows.mismatches.splice(this.rows.mismatches.indexOf(surplus), 1);
  }

  async samples(stage: StageKey): Promise<Sample[]> {
    const own = this.rows.samples.filter(isOf(stage));
    const byArm = groupBy(own, ({ operation, arm }) => `${operation} ${arm}`);
    return [...byArm.values()].map((some) => some.reduce(sumOf));
  }

  async minutes(group: string, since: Date): Promise<SampleMinute[]> {
    const own = this.rows.minutes.filter(({ at, sample }) => sample.group === group && at >= since);
    const byMinute = groupBy(own, ({ at, sample }) => `${at.toISOString()} ${sample.arm}`);
    return [...byMinute]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, some]) => {
        const { arm, n, failure, fallback, histogram } = some.map(({ sample }) => sample).reduce(sumOf);
        return { at: new Date(key.split(' ')[0] ?? ''), arm, n, failure, fallback, histogram };
      });
  }

  async comparisons(stage: StageKey): Promise<ComparisonCounts> {
    const own = this.rows.comparisons.filter(isOf(stage));
    const sum = (count: (row: ComparisonCounts) => number) => own.reduce((total, row) => total + count(row), 0);
    return { compared: sum((r) => r.compared), noise: sum((r) => r.noise), mismatched: sum((r) => r.mismatched) };
  }

  async mismatches(group: string, limit: number): Promise<Mismatch[]> {
    return this.rows.mismatches.filter((mismatch) => mismatch.group === group).slice(0, limit);
  }
}

interface VerificationRow {
  readonly group: string;
  readonly violation: number | null;
  expiresAt: number;
}

/** Verifications of the rollout without a database. */
export class InMemoryVerifications implements VerificationStore {
  private readonly rows = new Map<string, VerificationRow>();

  constructor(
    private readonly alerts: AlertRows,
    private readonly site: EventRows,
    private readonly desired: InMemoryDesiredStates,
    private readonly clock: Clock,
  ) {}

  async begin(id: string, group: string, options: { leaseSeconds: number; violation: boolean }) {
    const violation = options.violation ? this.makeViolation(id) : null;
    const expiresAt = this.clock().getTime() + options.leaseSeconds * 1_000;
    this.rows.set(id, { group, violation, expiresAt });
    this.site.verifications.set(id, 0);
    return this.view(id, { group, violation, expiresAt });
  }

  async find(id: string): Promise<VerificationView | undefined> {
    const row = this.rows.get(id);
    return row && this.view(id, row);
  }

  async clear(id: string): Promise<void> {
    this.alerts.rules = this.alerts.rules.filter((rule) => rule.fields.created_by !== id);
    this.desired.forget(id);
    const own = this.rows.get(id)?.violation;
    this.site.violations = this.site.violations.filter(({ fields }) => fields.id !== own);
    this.site.trail = this.site.trail.filter(({ of }) => of !== own);
  }

  async expire(id: string): Promise<void> {
    const row = this.rows.get(id);
    if (row) row.expiresAt = Math.min(row.expiresAt, this.clock().getTime());
  }

  async expired(): Promise<readonly string[]> {
    const now = this.clock().getTime();
    const over = [...this.rows].filter(([, { expiresAt }]) => expiresAt < now);
    return over.sort(([, a], [, b]) => a.expiresAt - b.expiresAt).map(([id]) => id);
  }

  async forget(id: string): Promise<void> {
    const row = this.rows.get(id);
    if (row && row.expiresAt < this.clock().getTime() - UNDER_WAY_MS) this.rows.delete(id);
  }

  private makeViolation(verification: string): number {
    const now = this.clock();
    const id = FIRST_VERIFICATION_VIOLATION + this.rows.size;
    const nothing = { trackId: null, confidence: null, snapshotPath: null, bbox: null };
    const untouched = { handledAt: null, handledBy: null, notes: null, version: 1, createdAt: now, updatedAt: now };
    const about = { cameraId: eventCameraOf(verification), timestamp: now, violationType: 'verification' };
    const violation = Violation.restore({ id, ...about, ...nothing, ...untouched, status: 'pending' });
    this.site.violations = [...this.site.violations, violation];
    return id;
  }

  private view(id: string, { group, violation, expiresAt }: VerificationRow): VerificationView {
    return {
      id,
      group,
      event_camera_id: eventCameraOf(id),
      violation_id: violation,
      events: this.site.verifications.get(id) ?? 0,
      expires_at: new Date(expiresAt).toISOString(),
    };
  }
}
