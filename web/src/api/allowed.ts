import { useWords } from '../i18n/language';
import { words } from '../ui/words';
import type { OperationId } from './client';
import { ADDRESSES } from './generated';
import { databaseAway, reachable } from './reachability';
import { type Role, covers, useMe } from './session';
import { useStore } from './store';

const isRole = (name: string | undefined): name is Role => name === 'viewer' || name === 'operator' || name === 'admin';

/** Why this person cannot ask for an operation now; undefined: they can. */
export function useBlocked(
  operation: OperationId,
  waits: 'needs an answer' | 'waits for the service' = 'needs an answer',
): string | undefined {
  const t = useWords(words);
  const { data: me } = useMe();
  const { ok } = useStore(reachable);
  const isDatabaseAway = useStore(databaseAway) !== undefined;
  const needed = ADDRESSES[operation].split(' ')[2];
  if (!ok && waits === 'needs an answer') return t.notLive;
  if (isDatabaseAway && waits === 'needs an answer') return t.databaseAway;
  return me && isRole(needed) && !covers(me.role, needed) ? t.needsRole(t.role[needed]) : undefined;
}
