import { currentCall, noteChange } from '../../application/shared/call-context';
import type { Clock } from '../../application/shared/log';
import {
  ALL_GROUPS,
  type Instance,
  type RolloutChange,
  type RolloutDocument,
  type RolloutStore,
  type StoredEvent,
  type Transition,
} from '../../application/rollout/rollout-store';
import { hashOf } from '../../application/rollout/rollout-views';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { apply, initialState, type RolloutEvent, type RolloutState } from '../../domain/rollout/rollout-state';
import type { Json } from '../../domain/shared/json';
import type { Database } from './database';
import type { Queryable, Readable } from './queryable';

export const ROLLOUT_CHANNEL = 'watchgate_rollout';
const ALIVE_SECONDS = 10;

interface ControlRow {
  revision: string;
  killed: boolean;
  plan_sha256: string;
  environment: Json;
}

interface EventRow {
  seq: string;
  group_name: string;
  at: Date;
  actor: string | null;
  request_id: string | null;
  revision: string;
  event: RolloutEvent;
  evidence: Json;
  prev_hash: string;
  hash: string;
}

/** The rollout in PostgreSQL. The lock of the one control row serialises every transition of every instance. */
export class PgRolloutStore implements RolloutStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  load(): Promise<RolloutDocument> {
    return loadRollout(this.database);
  }

  change(actor: string | null, decide: (now: RolloutDocument) => RolloutChange) {
    return this.database.transaction(async (sql) => {
      const before = await loadRollout(sql, 'FOR UPDATE');
      const document = await this.write(sql, before, decide(before), actor);
      await sql.query('SELECT pg_notify($1, $2)', [ROLLOUT_CHANNEL, String(document.revision)]);
      noteChange({ rollout_revision: document.revision });
      const [committed] = await sql.query<{ at: Date }>('SELECT clock_timestamp() AS at', []);
      return { document, committedAt: committed?.at ?? this.clock() };
    });
  }

  async events(group: string | undefined, limit: number, after: number): Promise<StoredEvent[]> {
    const rows = await this.database.query<EventRow>(
      `SELECT * FROM rollout_events WHERE seq > $2 AND ($1::text IS NULL OR group_name IN ($1, '${ALL_GROUPS}')) ORDER BY seq LIMIT $3`,
      [group ?? null, after, limit],
    );
    return rows.map(({ seq, group_name, request_id, revision, prev_hash, ...row }) => ({
      ...row,
      seq: Number(seq),
      group: group_name,
      requestId: request_id,
      revision: Number(revision),
      prevHash: prev_hash,
    }));
  }

  async instances(): Promise<Instance[]> {
    const rows = await this.database.query<{
      id: string;
      name: string;
      applied_revision: string;
      applied_at: Date;
      heartbeat_at: Date;
    }>(
      `SELECT * FROM rollout_instances WHERE heartbeat_at > clock_timestamp() - interval '${ALIVE_SECONDS} seconds' ORDER BY name`,
      [],
    );
    return rows.map((r) => ({
      id: r.id,
      name: r.name,
      appliedRevision: Number(r.applied_revision),
      appliedAt: r.applied_at,
      heartbeatAt: r.heartbeat_at,
    }));
  }

  private async write(
    sql: Queryable,
    before: RolloutDocument,
    change: RolloutChange,
    actor: string | null,
  ): Promise<RolloutDocument> {
    const revision = before.revision + 1;
    const at = this.clock();
    const groups = new Map(before.groups);
    for (const plan of change.plans?.all ?? [])
      groups.set(plan.group, { plan, state: groups.get(plan.group)?.state ?? initialState(plan.group) });
    let { killed } = before;
    for (const transition of change.transitions) {
      await append(sql, transition, at, actor, revision);
      const { group, event } = transition;
      if (group === ALL_GROUPS) killed = event.kind === 'killed';
      const known = groups.get(group);
      if (known) groups.set(group, { ...known, state: apply(known.state, event, at, actor, revision) });
    }
    for (const [name, { plan, state }] of groups) {
      const old = before.groups.get(name);
      if (old?.state !== state || old.plan !== plan) await storeGroup(sql, name, plan, state);
    }
    const planSha256 = change.plans?.sha256 ?? before.planSha256;
    const environment = change.environment ?? before.environment;
    await sql.query('UPDATE rollout_control SET revision = $1, killed = $2, plan_sha256 = $3, environment = $4', [
      revision,
      killed,
      planSha256,
      JSON.stringify(environment),
    ]);
    return { revision, killed, planSha256, environment, groups };
  }
}

/** Reads the whole rollout; `FOR UPDATE` keeps everybody else from changing it until the transaction ends. */
export async function loadRollout(sql: Readable, lock: 'FOR UPDATE' | '' = ''): Promise<RolloutDocument> {
  const [control] = await sql.query<ControlRow>(`SELECT * FROM rollout_control ${lock}`, []);
  if (!control) throw new Error('the row of rollout_control is missing: restore it from a backup');
  const rows = await sql.query<{ group_name: string; plan: GroupPlan; state: RolloutState }>(
    'SELECT * FROM rollout_groups ORDER BY group_name',
    [],
  );
  const groups = new Map(rows.map(({ group_name, plan, state }) => [group_name, { plan, state }]));
  const { killed, plan_sha256: planSha256, environment } = control;
  return { revision: Number(control.revision), killed, planSha256, environment, groups };
}

const storeGroup = (sql: Queryable, name: string, plan: GroupPlan, state: RolloutState) =>
  sql.query(
    `INSERT INTO rollout_groups VALUES ($1, $2, $3) ON CONFLICT (group_name) DO UPDATE SET plan = excluded.plan, state = excluded.state`,
    [name, JSON.stringify(plan), JSON.stringify(state)],
  );

async function append(
  sql: Queryable,
  { group, event, evidence = null }: Transition,
  at: Date,
  actor: string | null,
  revision: number,
) {
  const [last] = await sql.query<{ seq: string; hash: string }>(
    'SELECT seq, hash FROM rollout_events ORDER BY seq DESC LIMIT 1',
    [],
  );
  const [seq, prevHash] = [Number(last?.seq ?? 0) + 1, last?.hash ?? ''];
  const requestId = currentCall()?.requestId ?? null;
  const hash = hashOf({ seq, group, at, actor, requestId, revision, event, evidence, prevHash });
  await sql.query('INSERT INTO rollout_events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    seq,
    group,
    at,
    actor,
    requestId,
    revision,
    JSON.stringify(event),
    JSON.stringify(evidence),
    prevHash,
    hash,
  ]);
}
