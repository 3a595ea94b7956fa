import type { Log } from '../../application/shared/log';
import { type ProcessIdentity, hasEnded } from '../system/process-identity';
import type { DedicatedConnection, SessionSql } from './dedicated-connection';
import { Lead, type Leader, type LeaseRules, type LeaseSeen } from './lead';

const TICK_MS = 1_000;
/** A service without a heartbeat for this long counts as ended. */
const THERE_SECONDS = 10;

export interface Member extends ProcessIdentity {
  readonly id: string;
  /** For people: host and process. */
  readonly name: string;
  /** Identity of the data folder. */
  readonly place: string;
  /** Identity of the cameras file, and its path for people. */
  readonly file: string;
  readonly filePath: string;
}

type Holder = Pick<Member, 'host' | 'pid' | 'started' | 'place'>;

interface Seen {
  /** The time of the database, in milliseconds since 1970. */
  readonly now: number;
  readonly known: number;
  readonly mine: readonly string[] | null;
  readonly leases: readonly (Omit<LeaseSeen, 'ended' | 'near'> & Partial<Holder>)[] | null;
  /** Other services that are there, and whether any of them works in another data folder. */
  readonly others: number;
  readonly elsewhere: boolean;
}

/**
 * This service as one of its site: sends a heartbeat every second, and holds the leases of tasks that only one service
 * of the site may do. All of it is rows, not locks of a session: such a lock ends with a connection whose end the other
 * side may not notice, and after a restart of the database it goes to whichever service comes first.
 */
export class PgMembership {
  private timer: NodeJS.Timeout | undefined;
  private busy: Promise<void> = Promise.resolve();
  private ticking = false;
  private others = false;
  private readonly leads = new Map<string, Lead>();

  constructor(
    private readonly connection: DedicatedConnection,
    private readonly me: Member,
    private readonly log: Log,
    /** The time of the database, and between which readings of this process's monotonic clock it was taken. */
    private readonly onTime: (now: number, sent: number, received: number) => void = () => undefined,
  ) {}

  /** Whether other services of this site are there. */
  get hasOthers(): boolean {
    return this.others;
  }

  async join(): Promise<void> {
    await this.connection.use((sql) => this.register(sql));
    this.timer = setInterval(() => {
      void this.tick();
      // Also when the database does not answer in time.
      for (const lead of this.leads.values()) lead.fence(performance.now());
    }, TICK_MS);
  }

  /** Takes part in the election of a leader. Resolves when it is decided whether this service leads for now. */
  async lead(name: string, leader: Leader, rules: LeaseRules): Promise<{ stop(): Promise<void> }> {
    const lead = new Lead(name, leader, rules, this.log);
    this.leads.set(name, lead);
    await this.tick();
    await lead.settled();
    return { stop: () => this.leave(lead) };
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.busy;
    await Promise.all([...this.leads.values()].map((lead) => this.leave(lead)));
    await this.signOff('DELETE FROM site_services WHERE id = $1', [this.me.id]);
  }

  /** The lease is released last, so that no other service takes over before everything here has ended. */
  private async leave(lead: Lead): Promise<void> {
    if (!this.leads.delete(lead.name)) return;
    await this.busy;
    await lead.end();
    await this.signOff('UPDATE site_leases SET holder = NULL WHERE name = $1 AND holder = $2', [lead.name, this.me.id]);
  }

  /** If it fails, the others only wait some seconds longer. */
  private async signOff(sql: string, values: readonly unknown[]): Promise<void> {
    if (!this.connection.isThere) return;
    await this.connection
      .use((session) => session.query(sql, values))
      .catch((error: unknown) => this.log.debug('signing off', { error }));
  }

  private tick(): Promise<void> {
    if (!this.ticking) {
      this.ticking = true;
      this.busy = this.look().finally(() => {
        this.ticking = false;
      });
    }
    return this.busy;
  }

  private async look(): Promise<void> {
    try {
      await this.connection.use((sql) => this.renew(sql));
    } catch (error) {
      this.log.debug('the other services cannot be heard yet', { error });
    }
  }

  private async renew(sql: SessionSql): Promise<void> {
    const sent = performance.now();
    const [seen] = await sql.query<Seen>(TICK, [this.me.id]);
    if (!seen) return;
    this.onTime(seen.now, sent, performance.now());
    if (seen.known === 0) await this.register(sql);
    this.others = seen.others > 0;
    for (const lead of this.leads.values()) await this.lookAt(sql, lead, seen, sent);
  }

  private async lookAt(session: SessionSql, lead: Lead, seen: Seen, sent: number): Promise<void> {
    const { elsewhere } = seen;
    if (seen.mine?.includes(lead.name)) return lead.renewed(sent, elsewhere);
    const row = seen.leases?.find(({ name }) => name === lead.name);
    const lease = row && { ...row, ended: isProcess(row) && hasEnded(row), near: row.place === this.me.place };
    lead.lost(lease?.near === true);
    if (!lead.mayTake(lease, performance.now())) return;
    const taken = await this.take(session, lead.name, lease);
    if (taken) lead.renewed(sent, elsewhere);
  }

  /** The leader has to be stored durably, to outlive a crash of the database; heartbeats need not. */
  private async take(session: SessionSql, name: string, lease: LeaseSeen | undefined): Promise<boolean> {
    await session.query('SET synchronous_commit = on');
    const values = [name, this.me.id, lease?.epoch ?? null, lease?.renewed_at ?? null];
    const taken = await session.query(TAKE, values);
    await session.query('SET synchronous_commit = off');
    return taken.length > 0;
  }

  private async register(session: SessionSql): Promise<void> {
    const { id, name, host, pid, started, place, file, filePath } = this.me;
    await session.query(REGISTER, [id, name, host, pid, started, place, file, filePath]);
  }
}

const isProcess = (row: Partial<ProcessIdentity>): row is ProcessIdentity =>
  row.host != null && row.pid != null && row.started != null;

const THERE = `heartbeat_at > clock_timestamp() - interval '${THERE_SECONDS} seconds'`;

const REGISTER = `
  INSERT INTO site_services VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), true)
  ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp()`;

const TICK = `
  WITH me AS (UPDATE site_services SET heartbeat_at = clock_timestamp() WHERE id = $1 RETURNING id),
       mine AS (UPDATE site_leases SET renewed_at = clock_timestamp() WHERE holder = $1 RETURNING name)
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now, (SELECT count(*)::int FROM me) AS known, (SELECT array_agg(name) FROM mine) AS mine,
         (SELECT json_agg(json_build_object('name', l.name, 'holder', l.holder, 'epoch', l.epoch::text, 'renewed_at', l.renewed_at::text,
                 'host', s.host, 'pid', s.pid, 'started', s.started, 'place', s.place))
            FROM site_leases l LEFT JOIN site_services s ON s.id = l.holder) AS leases,
         (SELECT count(*)::int FROM site_services WHERE ${THERE} AND id <> $1) AS others,
         EXISTS (SELECT FROM site_services WHERE ${THERE} AND id <> $1
                    AND place <> (SELECT place FROM site_services WHERE id = $1)) AS elsewhere`;

/** Only if the lease is unchanged since it was read. */
const TAKE = `
  INSERT INTO site_leases AS known VALUES ($1, $2, 1, clock_timestamp())
  ON CONFLICT (name) DO UPDATE SET holder = $2, epoch = known.epoch + 1, renewed_at = clock_timestamp()
   WHERE known.epoch = $3::bigint AND known.renewed_at = $4::timestamptz
  RETURNING name`;
