import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Group } from './groups';

const AFTER_MS = 400;
/** A claim ends after half a minute unless it is renewed. */
const RENEW_MS = 20_000;
const MOST = 100;

/**
 * Says to the others that this group is being looked at, while it is; returns who else does. A courtesy and no lock:
 * whoever decides first decides.
 */
export function useClaim(group: Group | undefined, isAllowed: boolean): string | undefined {
  const [other, setOther] = useState<string>();
  const ids = (group?.items ?? [])
    .slice(0, MOST)
    .map(({ id }) => id)
    .join();
  useEffect(() => {
    setOther(undefined);
    if (!isAllowed || ids === '') return undefined;
    const violationIds = ids.split(',').map(Number);
    let claimed = false;
    const claim = async () => {
      try {
        const { held } = await call('records.claim', { body: { violation_ids: violationIds } });
        claimed = true;
        setOther(held[0]?.claimed_by);
      } catch (error) {
        // Deciding works without; the banner says already that the service does not answer.
        if (isProblem(error)) console.warn('the group could not be claimed', error);
      }
    };
    const first = setTimeout(() => void claim(), AFTER_MS);
    const again = setInterval(() => void claim(), RENEW_MS);
    return () => {
      clearTimeout(first);
      clearInterval(again);
      if (claimed)
        call('records.claim', { body: { violation_ids: violationIds, release: true } }).catch((error: unknown) =>
          console.warn('the claim ends by itself in half a minute', error),
        );
    };
  }, [ids, isAllowed]);
  return other;
}
