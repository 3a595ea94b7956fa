import { useWords } from '../i18n/language';
import { words } from '../ui/words';
import { reachable } from './reachability';
import { type Role, covers, useMe } from './session';
import { useStore } from './store';

/** Why something that needs a role cannot be done now; undefined: it can. */
export function useBlocked(needed: Role): string | undefined {
  const t = useWords(words);
  const { data: me } = useMe();
  const { ok } = useStore(reachable);
  if (!ok) return t.notLive;
  return me && !covers(me.role, needed) ? t.needsRole(t.role[needed]) : undefined;
}
