import { diffArrays } from 'diff';
import type { CameraChangeStore, NotedChange } from '../../application/alerts/camera-watch';
import type { CameraCondition } from '../../domain/alerts/alert-input';
import type { ConfigNoun } from '../../application/shared/config-file';
import type { EntryChange } from '../../domain/shared/entry-changes';
import { sha256 } from '../../domain/shared/sha256';
import type {
  ConfigRevision,
  FullRevision,
  RevisionOrigin,
  RevisionRepository,
} from '../../domain/shared/config-revision';
import type { Database } from './database';
import type { Queryable } from './queryable';

interface RevisionRow {
  number: number;
  token: string;
  sha256: string;
  origin: RevisionOrigin;
  author: string | null;
  request_id: string | null;
  at: Date;
  changes: EntryChange[];
  in_file: boolean;
}

const COLUMNS = 'number, token, sha256, origin, author, request_id, at, changes, in_file';

/** One copy of the file: of several machines each may have one. */
export interface FileCopy {
  readonly id: string;
  readonly node: string;
  /** With the name of its machine. */
  readonly path: string;
}

/** Tells whether this copy holds a revision; before any copy was noted, whether the only one did. */
const heldByCopy = (noun: ConfigNoun, parameter: number): string => `
  CASE WHEN EXISTS (SELECT FROM config_files WHERE noun = '${noun}')
       THEN EXISTS (SELECT FROM config_files f WHERE f.copy = $${parameter} AND f.noun = '${noun}' AND f.revision = number)
       ELSE in_file END AS in_file`;

const fromRow = ({ request_id, in_file, ...row }: RevisionRow): ConfigRevision => ({
  ...row,
  requestId: request_id,
  inFile: in_file,
});

/** Every so many revisions one has its full text: the way back to a text is no longer than that. */
export const FULL_TEXT_EVERY = 200;
/** More changed lines than this are no edit by hand: the text is stored. */
const MOST_CHANGED_LINES = 500;
/** A delta larger than this part of the text saves too little. */
const LARGEST_DELTA = 0.1;

/** From one place of a text up to another (end-exclusive), and what stands there instead; the last ones come first. */
type TextDelta = readonly (readonly [from: number, to: number, text: string])[];

/** How much of the first `most` characters is the same. Halves are compared as a whole, not letter by letter. */
function sameLength(most: number, isSame: (from: number, to: number) => boolean): number {
  let same = 0;
  let different = most + 1;
  while (different - same > 1) {
    const middle = (same + different) >> 1;
    if (isSame(same, middle)) same = middle;
    else different = middle;
  }
  return same;
}

/** Where whole lines of both texts that are the same end, at the beginning, and start, counted from the end. */
function sameLines(before: string, after: string): { readonly start: number; readonly end: number } {
  const [old, now, shorter] = [before.length, after.length, Math.min(before.length, after.length)];
  const head = sameLength(shorter, (from, to) => before.slice(from, to) === after.slice(from, to));
  const start = head === 0 ? 0 : before.lastIndexOf('\n', head - 1) + 1;
  const tail = sameLength(
    shorter - start,
    (from, to) => before.slice(old - to, old - from) === after.slice(now - to, now - from),
  );
  const line = tail === 0 ? -1 : before.indexOf('\n', old - tail);
  return { start, end: line < 0 ? 0 : old - line - 1 };
}

const linesOf = (text: string): string[] => text.split(/(?<=\n)/);

/** What leads from one text to the next; undefined where that is too much to be worth it. */
export function deltaBetween(before: string, after: string): TextDelta | undefined {
  // The database stores other texts as far as it can, which JSON would refuse.
  if (!before.isWellFormed() || !after.isWellFormed()) return undefined;
  const { start, end } = sameLines(before, after);
  const [old, lines] = [before, after].map((text) => linesOf(text.slice(start, text.length - end)));
  const changes = diffArrays(old ?? [], lines ?? [], { maxEditLength: MOST_CHANGED_LINES });
  if (!changes) return undefined;
  const delta: [number, number, string][] = [];
  let at = start;
  for (const { added, removed, value } of changes) {
    const text = value.join('');
    const joined = delta[0]?.[1] === at ? delta[0] : undefined;
    if (added && joined) joined[2] += text;
    else if (removed && joined) joined[1] += text.length;
    else if (added || removed) delta.unshift([at, removed ? at + text.length : at, added ? text : '']);
    if (!added) at += text.length;
  }
  return JSON.stringify(delta).length > LARGEST_DELTA * after.length ? undefined : delta;
}

export const withDelta = (before: string, delta: TextDelta): string =>
  delta.reduce((text, [from, to, lines]) => text.slice(0, from) + lines + text.slice(to), before);

type RevisionTable = 'camera_config_revisions' | 'region_config_revisions';

/** The revisions of one configuration. */
export class PgRevisions implements RevisionRepository {
  constructor(
    private readonly sql: Queryable,
    private readonly table: RevisionTable,
    /** Absent: the only one. */
    private readonly copy?: () => FileCopy,
  ) {}

  private get noun(): ConfigNoun {
    return this.table === 'camera_config_revisions' ? 'camera' : 'region';
  }

  async head(): Promise<ConfigRevision | undefined> {
    return this.one('ORDER BY number DESC LIMIT 1', []);
  }

  async newest(): Promise<number> {
    const sql = `SELECT coalesce(max(number), 0) AS number FROM ${this.table}`;
    const [row] = await this.sql.query<{ number: number }>(sql, []);
    return row?.number ?? 0;
  }

  async withToken(token: string): Promise<ConfigRevision | undefined> {
    return this.one('WHERE token = $1', [token]);
  }

  async get(number: number): Promise<FullRevision | undefined> {
    const base = `SELECT max(number) FROM ${this.table} WHERE number <= $1 AND text IS NOT NULL`;
    const sql = `SELECT number, text, delta FROM ${this.table} WHERE number BETWEEN (${base}) AND $1 ORDER BY number`;
    const [rows, revision] = [
      await this.sql.query<{ number: number; text: string | null; delta: TextDelta | null }>(sql, [number]),
      await this.one('WHERE number = $1', [number]),
    ];
    if (!revision || rows.at(-1)?.number !== number) return undefined;
    const text = rows.reduce((before, row) => row.text ?? withDelta(before, row.delta ?? []), '');
    if (rows.length > 1 && sha256(text) !== revision.sha256)
      throw new Error(`the text of revision ${number} cannot be put together from ${this.table}`);
    return { ...revision, text };
  }

  async withText(hash: string): Promise<FullRevision | undefined> {
    const found = await this.one('WHERE sha256 = $1 ORDER BY number DESC LIMIT 1', [hash]);
    return found && this.get(found.number);
  }

  async page(limit: number, offset: number): Promise<{ items: ConfigRevision[]; total: number }> {
    const sql = `SELECT ${COLUMNS} FROM ${this.table} ORDER BY number DESC LIMIT $1 OFFSET $2`;
    const items = (await this.sql.query<RevisionRow>(sql, [limit, offset])).map(fromRow);
    // Retention deletes the oldest ones.
    const [row] = await this.sql.query<{ total: number }>(`SELECT count(*)::int AS total FROM ${this.table}`, []);
    return { items, total: row?.total ?? 0 };
  }

  async add(revision: FullRevision, before?: Pick<FullRevision, 'number' | 'text'>): Promise<void> {
    const { number, token, sha256: hash, origin, author, requestId, at, changes, inFile, text } = revision;
    const values = [number, token, hash, origin, author, requestId, at, JSON.stringify(changes), inFile];
    const follows = before?.number === number - 1 && number % FULL_TEXT_EVERY !== 0;
    const delta = follows ? deltaBetween(before.text, text) : undefined;
    const stored =
      delta &&
      (await this.sql.execute(`${this.insert('delta')} WHERE ${DELTAS_READ} RETURNING 1`, [
        ...values,
        JSON.stringify(delta),
      ]));
    if (!stored?.length) await this.sql.execute(this.insert('text'), [...values, text]);
    if (inFile && this.copy) await this.sql.execute(`${this.noteCopy} RETURNING copy`, this.copyValues(number));
  }

  async base(): Promise<FullRevision | undefined> {
    const number = await this.baseNumber();
    return number === undefined ? undefined : this.get(number);
  }

  private async baseNumber(): Promise<number | undefined> {
    const copies = this.copy
      ? await this.sql.query<{ own: boolean; left: boolean; revision: number }>(COPIES, [
          this.copy().id,
          this.noun,
          this.copy().path,
        ])
      : [];
    const mine = copies.find(({ own }) => own) ?? copies.find(({ left }) => left);
    if (mine || copies.length > 0) return mine?.revision;
    const head = await this.head();
    return head && (head.inFile ? head.number : head.number - 1);
  }

  private get noteCopy(): string {
    return `INSERT INTO config_files (revision, copy, noun, node, path) VALUES ($1::int, $2, $3, $4, $5)
      ON CONFLICT (copy, noun) DO UPDATE SET revision = excluded.revision, path = excluded.path, seen_at = clock_timestamp()`;
  }

  private copyValues(number: number): unknown[] {
    const { id, node, path } = this.copy?.() ?? { id: '', node: '', path: '' };
    return [number, id, this.noun, node, path];
  }

  private insert(column: 'text' | 'delta'): string {
    const own = column === 'text' ? '$10::text' : '$10::jsonb';
    return `INSERT INTO ${this.table} (${COLUMNS}, ${column}) SELECT $1::int, $2::uuid, $3, $4, $5, $6, $7::timestamptz, $8::jsonb, $9::boolean, ${own}`;
  }

  /** Losing this costs a comparison at the next recovery: nobody waits until it is on the disk. */
  async markInFile(number: number): Promise<void> {
    const unawaited = `set_config('synchronous_commit', 'off', true) = 'off'`;
    const mark = `UPDATE ${this.table} SET in_file = true WHERE number = $1 AND ${unawaited}`;
    if (!this.copy) return void (await this.sql.execute(mark, [number]));
    await this.sql.execute(`WITH marked AS (${mark}) ${this.noteCopy}`, this.copyValues(number));
  }

  private async one(clause: string, values: readonly unknown[]): Promise<ConfigRevision | undefined> {
    const inFile = this.copy ? heldByCopy(this.noun, values.length + 1) : 'in_file';
    const sql = `SELECT ${COLUMNS.replace('in_file', inFile)} FROM ${this.table} ${clause}`;
    const [row] = await this.sql.query<RevisionRow>(sql, this.copy ? [...values, this.copy().id] : values);
    return row && fromRow(row);
  }
}

/** Whether no service is there, or was there within the hour, of a version that expects a text of every revision. */
const DELTAS_READ = `NOT EXISTS (SELECT FROM site_services WHERE NOT reads_deltas AND heartbeat_at > clock_timestamp() - interval '1 hour')`;

/** A file whose node is there no more and that stands in the same place of the same machine is the same file. */
const COPIES = `
  SELECT f.copy = $1 AS own, f.revision,
         f.path = $3 AND NOT EXISTS (SELECT FROM nodes n WHERE n.id = f.node AND n.ended IS NULL
                                        AND n.seen_at > clock_timestamp() - interval '30 seconds') AS left
    FROM config_files f WHERE f.noun = $2 ORDER BY f.seen_at DESC`;

const WATCHED = 'UPDATE alert_camera_watch SET watched_until = to_timestamp($1)';

/** When cameras failed and recovered, in PostgreSQL. */
export class PgCameraChanges implements CameraChangeStore {
  constructor(private readonly database: Database) {}

  async known() {
    const rows = await this.database.query<{ camera_id: string; condition: CameraCondition; at: Date }>(
      'SELECT DISTINCT ON (camera_id) camera_id, condition, at FROM alert_camera_changes ORDER BY camera_id, seq DESC',
      [],
    );
    const sql = 'SELECT watched_until FROM alert_camera_watch';
    const [watch] = await this.database.query<{ watched_until: Date }>(sql, []);
    return {
      cameras: new Map(rows.map(({ camera_id, condition, at }) => [camera_id, { condition, since: at.getTime() }])),
      until: watch?.watched_until.getTime() ?? 0,
    };
  }

  async note(changes: readonly NotedChange[], until: number): Promise<void> {
    if (changes.length === 0) return void (await this.database.execute(WATCHED, [until / 1_000]));
    await this.database.transaction(async (sql) => {
      await sql.query(
        `INSERT INTO alert_camera_changes (camera_id, at, condition)
         SELECT camera_id, to_timestamp(at), condition FROM unnest($1::text[], $2::float8[], $3::text[]) AS c (camera_id, at, condition)`,
        [changes.map((c) => c.cameraId), changes.map((c) => c.at / 1_000), changes.map((c) => c.condition)],
      );
      await sql.query(WATCHED, [until / 1_000]);
    });
  }
}
