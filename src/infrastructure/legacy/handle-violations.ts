import { currentCall, noteChange } from '../../application/shared/call-context';
import type { Handling } from '../../domain/records/violation';
import type { Queryable } from '../postgres/queryable';

const HANDLING = (v: string): string =>
  `jsonb_build_object('status', ${v}.status, 'handled_by', ${v}.handled_by, 'notes', ${v}.notes, 'version', ${v}.version)`;

/** Sets the status of some violations and records it, in one statement; answers those that there were, by id. */
export async function handleViolations(
  sql: Queryable,
  ids: readonly number[],
  { status, notes, handledBy }: Handling,
  now: Date,
): Promise<{ readonly id: number; readonly version: number }[]> {
  const call = currentCall();
  const changed = await sql.query<{ readonly id: number; readonly version: number }>(
    `WITH known AS (
       SELECT * FROM violation_events WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE
     ), changed AS (
       UPDATE violation_events v SET
              status = $2, notes = coalesce($3, k.notes), handled_by = coalesce($4, k.handled_by),
              handled_at = CASE WHEN $2 = 'pending' THEN NULL ELSE coalesce(k.handled_at, $5::timestamptz) END,
              version = k.version + 1, updated_at = $5
         FROM known k WHERE v.id = k.id RETURNING v.*
     ), recorded AS (
       INSERT INTO violation_changes (violation_id, at, actor, request_id, before, after)
       SELECT k.id, $5, $6, $7, ${HANDLING('k')}, ${HANDLING('c')} FROM known k JOIN changed c USING (id) ORDER BY k.id
     )
     SELECT id::float8 AS id, version FROM changed ORDER BY changed.id`,
    [ids, status, notes ?? null, handledBy ?? null, now, call?.actor ?? 'anonymous', call?.requestId ?? ''],
  );
  noteChange({ violation_versions: Object.fromEntries(changed.map(({ id, version }) => [id, version])) });
  return changed;
}
