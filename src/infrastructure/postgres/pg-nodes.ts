import type { Held, JoiningNode, ListedNode, NodeStore, Renewal } from '../../application/nodes/nodes';
import { LEASE_MS, type PlacedCamera, type PlacementNode, calmAt, lost, place } from '../../domain/nodes/placement';
import { sha256 } from '../../domain/shared/sha256';
import type { Database } from './database';
import type { DedicatedConnection } from './dedicated-connection';
import type { Queryable } from './queryable';

/** A node whose folder was in use this recently elsewhere is one that was copied. */
const COPIED_SECONDS = 10;
/** All nodes are looked at about once a second, by whichever node finds first that it is time. */
const LOOK_EVERY_MS = 900;
/** Older versions of this program hold a lease of the whole site; while one does, nothing is claimed. */
const OLD_LEASE = 'camera_control';
const LEASE = `interval '${LEASE_MS} milliseconds'`;
const ENDED_KEPT = `interval '1 day'`;
const HOLDINGS_KEPT = `interval '30 days'`;

/** The nodes in PostgreSQL. Every change of who has what happens under one transaction-level lock, or only to a row of one's own. */
export class PgNodes implements NodeStore {
  constructor(
    private readonly database: Database,
    private readonly connection: Pick<DedicatedConnection, 'use'>,
  ) {}

  join(me: JoiningNode): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      await sql.query(LOCK, []);
      const [copy] = await sql.query<{ name: string }>(COPY, [me.id, me.place]);
      if (copy) throw new Error(copied(me, copy.name));
      // What it had before it ended is not its own any more; after a crash its workers may still be there.
      await sql.execute(`${FREED} AND n.id = $1`, [me.id]);
      const { id, name, place: where, version, capacity, labels } = me;
      const values = [id, name, where, version, capacity, [...labels]];
      const [row] = await sql.query<{ alone: boolean }>(JOIN, values);
      if (row?.alone) await sql.execute('DELETE FROM camera_placements', []);
      await sql.execute(`DELETE FROM camera_holdings WHERE held_until < now() - ${HOLDINGS_KEPT}`, []);
      return row?.alone === true;
    });
  }

  async renew(id: string): Promise<Renewal> {
    const [row] = await this.connection.use((sql) => sql.query<Renewal>(RENEW, [id]));
    return row ?? { alive: false, alone: false, others: false, due: false };
  }

  share(id: string): Promise<void> {
    return this.database.transaction(async (sql) => {
      await sql.query(LOCK, []);
      const shared = await sql.query(
        'UPDATE nodes SET alone = false WHERE id = $1 AND alone AND ended IS NULL RETURNING id',
        [id],
      );
      if (shared.length > 0) await holdAll(sql, id);
    });
  }

  /** Written to only where there is something to take: every write wakes all nodes. */
  async claim(id: string): Promise<readonly Held[]> {
    const mine = () => this.database.query<Held & { readonly free: boolean }>(MINE, [id]);
    const rows = await mine();
    if (!rows.some(({ free }) => free)) return rows;
    await this.database.execute(CLAIM, [id, OLD_LEASE]);
    return (await mine()).filter(({ free }) => !free);
  }

  async release(id: string, tokens: readonly string[]): Promise<void> {
    await this.database.execute(RELEASE, [id, [...tokens]]);
  }

  look(): Promise<void> {
    return this.database.transaction(async (sql) => {
      const [row] = await sql.query<{ mine: boolean }>(TRY_LOCK, []);
      if (row?.mine) await lookAt(sql);
    });
  }

  leave(id: string): Promise<void> {
    return this.database.transaction(async (sql) => {
      await sql.query(LOCK, []);
      await sql.execute(`UPDATE nodes SET ended = 'left' WHERE id = $1 AND ended IS NULL`, [id]);
      await sql.execute(`${FREED} AND n.id = $1`, [id]);
    });
  }

  list(): Promise<ListedNode[]> {
    return this.database.query<ListedNode>(LIST, []);
  }

  async drain(id: string, draining: boolean): Promise<boolean> {
    return (
      (await this.database.execute('UPDATE nodes SET draining = $2 WHERE id = $1 RETURNING id', [id, draining]))
        .length > 0
    );
  }

  async holders(): Promise<ReadonlyMap<string, string | null>> {
    const sql = 'SELECT camera_id, node FROM camera_placements';
    const rows = await this.database.query<{ camera_id: string; node: string | null }>(sql, []);
    return new Map(rows.map(({ camera_id, node }) => [camera_id, node]));
  }
}

interface NodeRow extends PlacementNode {
  readonly seenAt: number;
  readonly alone: boolean;
}

interface Look {
  readonly now: number;
  readonly lookedAt: number;
  readonly calmSince: number;
  /** Differs after every change of the cameras. */
  readonly cameras: string;
  readonly settled: string;
}

/** However little has changed, all cameras are read this often. */
const ALL_EVERY_MS = 30_000;

/** Under the lock. */
async function lookAt(sql: Queryable): Promise<void> {
  const [look] = await sql.query<Look>(LOOK, []);
  if (!look) return;
  const nodes = await sql.query<NodeRow>(NODES, []);
  const calm = calmAt(look.now, look);
  const over = lost(look.now, calm, nodes);
  for (const { id } of nodes.filter((node) => node.alone && over.includes(node.id))) await holdAll(sql, id);
  if (over.length > 0) {
    await sql.execute(`UPDATE nodes SET ended = 'lost', alone = false WHERE id = ANY($1)`, [[...over]]);
    await sql.execute(FREED, []);
  }
  const live = nodes.filter(({ id }) => !over.includes(id));
  const present = live.map(({ seenAt: _, ...node }) => node);
  const now = sha256(JSON.stringify([present, look.cameras, Math.floor(look.now / ALL_EVERY_MS)]));
  const isSettled = now === look.settled || (await placeAll(sql, live)) === 'settled';
  await sql.execute(NOTE_LOOK, [calm, isSettled ? now : '']);
}

/** Every write to these tables wakes all nodes, so it is done only where it changes something. */
async function placeAll(sql: Queryable, live: readonly NodeRow[]): Promise<'settled' | 'moving'> {
  const [wrong] = await sql.query<{ stale: boolean; orphans: boolean }>(WRONG, []);
  if (wrong?.stale) await sql.execute(FREED, []);
  await sql.execute(`DELETE FROM nodes WHERE ended IS NOT NULL AND seen_at < now() - ${ENDED_KEPT}`, []);
  // It is about to make rows of what it holds.
  if (live.some(({ alone }) => alone)) return 'moving';
  if (wrong?.orphans) {
    await sql.execute(`DELETE FROM camera_placements p WHERE node IS NULL AND ${ORPHAN}`, []);
    await sql.execute(`UPDATE camera_placements p SET wish = NULL WHERE ${ORPHAN}`, []);
  }
  const cameras = await sql.query<PlacedCamera>(CAMERAS, []);
  const changes = place(live, cameras);
  if (changes.length === 0)
    return wrong?.orphans || cameras.some(({ wish, node }) => wish !== node) ? 'moving' : 'settled';
  const [ids, wishes] = [changes.map(({ cameraId }) => cameraId), changes.map(({ wish }) => wish)];
  await sql.execute(WISH, [ids, wishes]);
  return 'moving';
}

/** Whatever a node had without rows becomes its own by row. */
const holdAll = async (sql: Queryable, id: string): Promise<void> => {
  await sql.execute(HOLD_ALL, [id]);
};

const LOCK = `SELECT pg_advisory_xact_lock(hashtext('watchgate.nodes'))`;
const TRY_LOCK = `SELECT pg_try_advisory_xact_lock(hashtext('watchgate.nodes')) AS mine`;
const OTHERS = 'EXISTS (SELECT FROM nodes o WHERE o.id <> $1 AND o.ended IS NULL AND o.capacity > 0)';

const COPY = `SELECT name FROM nodes
  WHERE id = $1 AND place <> $2 AND ended IS NULL AND seen_at > clock_timestamp() - interval '${COPIED_SECONDS} seconds'`;

const copied = ({ id }: JoiningNode, other: string): string =>
  `The data folder (DATA_DIR) of this service is a copy of the one that ${other} works in: both are node ${id} of the site. ` +
  'Remove the file node-id from this copy.';

const JOIN = `
  INSERT INTO nodes (id, name, place, version, capacity, labels, alone)
  VALUES ($1, $2, $3, $4, $5::integer, $6, $5::integer > 0 AND NOT ${OTHERS})
  ON CONFLICT (id) DO UPDATE SET name = $2, place = $3, version = $4, capacity = $5::integer, labels = $6,
    joined_at = clock_timestamp(), seen_at = clock_timestamp(), ended = NULL, alone = excluded.alone
  RETURNING alone`;

/** A node that renews after its lease was over was away with the database, and so may others have been. */
const RENEW = `
  WITH old AS (SELECT seen_at FROM nodes WHERE id = $1 AND ended IS NULL),
       calm AS (UPDATE placement_clock SET calm_since = clock_timestamp()
                 WHERE (SELECT seen_at FROM old) < clock_timestamp() - ${LEASE}),
       me AS (UPDATE nodes SET seen_at = clock_timestamp() WHERE id = $1 AND ended IS NULL RETURNING alone)
  SELECT EXISTS (SELECT FROM me) AS alive, coalesce((SELECT alone FROM me), false) AS alone, ${OTHERS} AS others,
         (SELECT looked_at < clock_timestamp() - interval '${LOOK_EVERY_MS} milliseconds' OR looked_at > clock_timestamp()
            FROM placement_clock) AS due`;

const HOLD_ALL = `
  WITH mine AS (
    INSERT INTO camera_placements AS p
    SELECT id, $1, $1, gen_random_uuid(), (SELECT seen_at FROM nodes WHERE id = $1) FROM cameras
    ON CONFLICT (camera_id) DO UPDATE SET wish = $1, node = $1, token = excluded.token, since = excluded.since
    RETURNING token, camera_id, since
  ) INSERT INTO camera_holdings (token, camera_id, node, held_from) SELECT token, camera_id, $1, since FROM mine`;

const MINE = `
  SELECT camera_id AS "cameraId", token, wish IS NOT DISTINCT FROM $1 AS wished, node IS NULL AS free
    FROM camera_placements WHERE node = $1 OR (wish = $1 AND node IS NULL)`;

const CLAIM = `
  WITH mine AS (
    UPDATE camera_placements SET node = $1, token = gen_random_uuid(), since = clock_timestamp()
     WHERE wish = $1 AND node IS NULL AND EXISTS (SELECT FROM nodes WHERE id = $1 AND ended IS NULL AND NOT alone)
       AND NOT EXISTS (SELECT FROM site_leases WHERE name = $2 AND holder IS NOT NULL
                          AND renewed_at > clock_timestamp() - ${LEASE})
    RETURNING token, camera_id, since
  ) INSERT INTO camera_holdings (token, camera_id, node, held_from) SELECT token, camera_id, $1, since FROM mine`;

const RELEASE = `
  WITH freed AS (UPDATE camera_placements SET node = NULL, token = NULL WHERE node = $1 AND token = ANY($2::uuid[]))
  UPDATE camera_holdings SET held_until = clock_timestamp() WHERE token = ANY($2::uuid[])`;

/** What nodes had that have ended. One that left had ended its workers; of one that was lost that is known for the end of its lease. */
const FREED = `
  WITH over AS (
    UPDATE camera_holdings h SET lost = n.ended = 'lost',
           held_until = CASE n.ended WHEN 'lost' THEN n.seen_at + ${LEASE} ELSE clock_timestamp() END
      FROM nodes n WHERE n.id = h.node AND n.ended IS NOT NULL AND h.held_until IS NULL
  )
  UPDATE camera_placements p SET node = NULL, token = NULL FROM nodes n WHERE n.id = p.node AND n.ended IS NOT NULL`;

const ms = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;

const ORPHAN = 'NOT EXISTS (SELECT FROM cameras c WHERE c.id = p.camera_id)';
const LOOK = `
  SELECT ${ms('clock_timestamp()')} AS now, ${ms('looked_at')} AS "lookedAt", ${ms('calm_since')} AS "calmSince", settled,
         (SELECT coalesce(max(number), 0) FROM camera_config_revisions) || ' ' || (SELECT count(*) FROM cameras) AS cameras
    FROM placement_clock`;
const WRONG = `
  SELECT EXISTS (SELECT FROM camera_placements p JOIN nodes n ON n.id = p.node WHERE n.ended IS NOT NULL) AS stale,
         EXISTS (SELECT FROM camera_placements p WHERE (node IS NULL OR wish IS NOT NULL) AND ${ORPHAN}) AS orphans`;
/** A node that comes back may have begun the calm anew meanwhile. */
const NOTE_LOOK = `
  UPDATE placement_clock SET looked_at = clock_timestamp(), settled = $2,
    calm_since = CASE WHEN calm_since BETWEEN to_timestamp($1::float8 / 1000) AND clock_timestamp() THEN calm_since
                      ELSE to_timestamp($1::float8 / 1000) END`;
const NODES = `SELECT id, capacity, labels, draining, alone, ${ms('seen_at')} AS "seenAt" FROM nodes WHERE ended IS NULL ORDER BY id`;
const CAMERAS = `
  SELECT coalesce(c.id, p.camera_id) AS id, p.wish, p.node,
         CASE WHEN jsonb_typeof(c.metadata -> 'node_labels') = 'array'
              THEN ARRAY(SELECT jsonb_array_elements_text(c.metadata -> 'node_labels')) ELSE '{}' END AS needs
    FROM cameras c LEFT JOIN camera_placements p ON p.camera_id = c.id ORDER BY c.position, c.id`;
const WISH = `
  INSERT INTO camera_placements (camera_id, wish) SELECT * FROM unnest($1::text[], $2::text[])
  ON CONFLICT (camera_id) DO UPDATE SET wish = excluded.wish`;
const utc = (time: string): string => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const LIST = `
  SELECT n.id, n.name, n.version, n.capacity, n.labels, n.draining,
         coalesce(n.ended, CASE WHEN n.seen_at < clock_timestamp() - ${LEASE} THEN 'silent' ELSE 'live' END) AS state,
         ${utc('n.joined_at')} AS joined_at, ${utc('n.seen_at')} AS heartbeat_at,
         CASE WHEN n.alone THEN a.cameras ELSE coalesce(h.cameras, 0) END::integer AS cameras,
         CASE WHEN n.alone THEN a.cameras ELSE coalesce(w.cameras, 0) END::integer AS wanted
    FROM nodes n CROSS JOIN (SELECT count(*) AS cameras FROM cameras) a
    LEFT JOIN (SELECT node, count(*) AS cameras FROM camera_placements GROUP BY node) h ON h.node = n.id
    LEFT JOIN (SELECT wish, count(*) AS cameras FROM camera_placements GROUP BY wish) w ON w.wish = n.id
   ORDER BY n.id`;
