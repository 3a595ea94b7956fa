import {
  ALL_GROUPS,
  type Instance,
  type RolloutChange,
  type RolloutDocument,
  type RolloutStore,
  type Transition,
} from '../../application/rollout/rollout-store';
import { currentCall, noteChange } from '../../application/shared/call-context';
import type { Log } from '../../application/shared/log';
import { CHAIN_START, type ChainEnd, type StoredEvent, follow, hashOf } from '../../domain/rollout/event-chain';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { type RolloutEvent, type RolloutState, apply, initialState } from '../../domain/rollout/rollout-state';
import type { Json } from '../../domain/shared/json';
import type { Database } from './database';
import type { Queryable, Readable } from './queryable';

export const ROLLOUT_CHANNEL = 'watchgate_rollout';
const ALIVE_SECONDS = 10;
/** Events whose hashes are checked in one go; all of them are in memory meanwhile. */
const CHECKED_AT_ONCE = 1_000;

interface ControlRow {
  revision: string;
  killed: boolean;
  plan_sha256: string;
  environment: Json;
  last_seq: string;
  last_hash: string;
  now: Date;
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
    private readonly log: Log,
  ) {}

  load(): Promise<RolloutDocument> {
    return loadRollout(this.database);
  }

  async change(actor: string | null, decide: (now: RolloutDocument) => RolloutChange) {
    const { written, ...done } = await this.database.transaction(async (sql) => {
      const before = await readControl(sql, 'FOR UPDATE');
      const change = decide(before.document);
      // An empty change makes no revision: every service would have to confirm it, and evidence would wait for that.
      if (isNothing(change)) return { document: before.document, written: [], committedAt: before.document.now };
      const { document, written } = await this.write(sql, before, change, actor);
      await sql.query('SELECT pg_notify($1, $2)', [ROLLOUT_CHANNEL, String(document.revision)]);
      noteChange({ rollout_revision: document.revision });
      const [committed] = await sql.query<{ at: Date }>('SELECT clock_timestamp() AS at', []);
      return { document, written, committedAt: committed?.at ?? document.now };
    });
    // Anybody with write access to the database could make a new chain, but not without contradicting the logs.
    const last = written.at(-1);
    if (last) {
      const kinds = new Map(written.map(({ event: { kind } }) => [kind, written.filter((e) => e.event.kind === kind)]));
      const what = [...kinds]
        .map(([kind, events]) => `${kind} ${events.map(({ group }) => group).join(', ')}`)
        .join('; ');
      this.log.info(`rollout: ${what}`, { last_event: last.seq, hash: last.hash });
    }
    return done;
  }

  async events(group: string | undefined, limit: number, after: number): Promise<StoredEvent[]> {
    const rows = await this.database.query<EventRow>(
      `SELECT * FROM rollout_events WHERE seq > $2 AND ($1::text IS NULL OR group_name IN ($1, '${ALL_GROUPS}')) ORDER BY seq LIMIT $3`,
      [group ?? null, after, limit],
    );
    return rows.map(storedEvent);
  }

  async newestEvents(limit: number): Promise<StoredEvent[]> {
    const rows = await this.database.query<EventRow>('SELECT * FROM rollout_events ORDER BY seq DESC LIMIT $1', [
      limit,
    ]);
    return rows.map(storedEvent).reverse();
  }

  async isIntact(): Promise<boolean> {
    // The end is read first: events that are added meanwhile are behind it.
    const { end } = await readControl(this.database);
    let reached: ChainEnd = CHAIN_START;
    while (reached.seq < end.seq) {
      const events = await this.events(undefined, Math.min(CHECKED_AT_ONCE, end.seq - reached.seq), reached.seq);
      const next = follow(reached, events);
      if (!next || next.seq === reached.seq) return false;
      reached = next;
    }
    return reached.hash === end.hash;
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
    { document: before, end }: Control,
    change: RolloutChange,
    actor: string | null,
  ): Promise<{ document: RolloutDocument; written: readonly StoredEvent[] }> {
    const revision = before.revision + 1;
    const { now } = before;
    const groups = new Map(before.groups);
    for (const plan of change.plans?.all ?? [])
      groups.set(plan.group, { plan, state: groups.get(plan.group)?.state ?? initialState(plan.group) });
    let { killed } = before;
    const written: StoredEvent[] = [];
    for (const transition of change.transitions) {
      written.push(await append(sql, transition, written.at(-1) ?? end, { at: now, actor, revision }));
      const { group, event } = transition;
      if (group === ALL_GROUPS) killed = event.kind === 'killed';
      const known = groups.get(group);
      if (known) groups.set(group, { ...known, state: apply(known.state, event, now, actor, revision) });
    }
    for (const [name, { plan, state }] of groups) {
      const old = before.groups.get(name);
      if (old?.state !== state || old.plan !== plan) await storeGroup(sql, name, plan, state);
    }
    const planSha256 = change.plans?.sha256 ?? before.planSha256;
    const environment = change.environment ?? before.environment;
    const { seq, hash } = written.at(-1) ?? end;
    await sql.query(
      `UPDATE rollout_control SET revision = $1, killed = $2, plan_sha256 = $3, environment = $4, last_seq = $5, last_hash = $6`,
      [revision, killed, planSha256, JSON.stringify(environment), seq, hash],
    );
    return { document: { revision, now, killed, planSha256, environment, groups }, written };
  }
}

const isNothing = ({ transitions, plans, environment }: RolloutChange): boolean =>
  transitions.length === 0 && plans === undefined && environment === undefined;

/** The whole rollout, and where the chain of its events ends. */
interface Control {
  readonly document: RolloutDocument;
  readonly end: ChainEnd;
}

export const loadRollout = async (sql: Readable): Promise<RolloutDocument> => (await readControl(sql)).document;

/** Reads the whole rollout; `FOR UPDATE` keeps other transactions from changing it until this one ends. */
async function readControl(sql: Readable, lock: 'FOR UPDATE' | '' = ''): Promise<Control> {
  const [control] = await sql.query<ControlRow>(`SELECT *, clock_timestamp() AS now FROM rollout_control ${lock}`, []);
  if (!control) throw new Error('the row of rollout_control is missing: restore it from a backup');
  const rows = await sql.query<{ group_name: string; plan: GroupPlan; state: RolloutState }>(
    'SELECT * FROM rollout_groups ORDER BY group_name',
    [],
  );
  const groups = new Map(rows.map(({ group_name, plan, state }) => [group_name, { plan, state }]));
  const { revision, now, killed, plan_sha256: planSha256, environment, last_seq: seq, last_hash: hash } = control;
  return {
    document: { revision: Number(revision), now, killed, planSha256, environment, groups },
    end: { seq: Number(seq), hash },
  };
}

const storedEvent = ({ seq, group_name, request_id, revision, prev_hash, ...row }: EventRow): StoredEvent => ({
  ...row,
  seq: Number(seq),
  group: group_name,
  requestId: request_id,
  revision: Number(revision),
  prevHash: prev_hash,
});

const storeGroup = (sql: Queryable, name: string, plan: GroupPlan, state: RolloutState) =>
  sql.query(
    `INSERT INTO rollout_groups VALUES ($1, $2, $3) ON CONFLICT (group_name) DO UPDATE SET plan = excluded.plan, state = excluded.state`,
    [name, JSON.stringify(plan), JSON.stringify(state)],
  );

async function append(
  sql: Queryable,
  { group, event, evidence = null }: Transition,
  { seq: lastSeq, hash: prevHash }: ChainEnd,
  by: Pick<StoredEvent, 'at' | 'actor' | 'revision'>,
): Promise<StoredEvent> {
  const unhashed = {
    ...by,
    seq: lastSeq + 1,
    group,
    requestId: currentCall()?.requestId ?? null,
    event,
    evidence,
    prevHash,
  };
  const stored = { ...unhashed, hash: hashOf(unhashed) };
  await sql.query('INSERT INTO rollout_events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    stored.seq,
    group,
    stored.at,
    stored.actor,
    stored.requestId,
    stored.revision,
    JSON.stringify(event),
    JSON.stringify(evidence),
    prevHash,
    stored.hash,
  ]);
  return stored;
}
