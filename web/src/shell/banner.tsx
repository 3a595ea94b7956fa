import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { clockOffset, serverNow, useServerNow } from '../api/clock';
import { useCall } from '../api/queries';
import { databaseAway, databaseDoubted, newerBuild, noteDatabase } from '../api/reachability';
import { useStore } from '../api/store';
import { useFormat } from '../i18n/format';
import { useWords } from '../i18n/language';
import { live, useFreshness, useTopic } from '../live/connection';
import { Button } from '../ui/button';
import layout from '../ui/layout.module.css';
import { Note } from '../ui/panel';
import css from './shell.module.css';
import { words } from './words';

const NOTED_MS = 5_000;

const DATABASE_LOOK_MS = 2_000;

/** Since when the database is away: what a refused request made doubtful, and the health of the service says. */
function useDatabaseAway(): number | undefined {
  const doubted = useStore(databaseDoubted);
  const client = useQueryClient();
  const pushed = useTopic('health')?.checks.database;
  const looking = { everyMs: DATABASE_LOOK_MS, enabled: doubted !== undefined };
  const { data, dataUpdatedAt } = useCall('monitoring.health', {}, looking);
  const seen = doubted !== undefined && dataUpdatedAt > doubted ? data?.checks.database : undefined;
  useEffect(() => {
    if (pushed === 'error') noteDatabase('away');
  }, [pushed]);
  useEffect(() => {
    if (seen === 'error') noteDatabase('away');
    if (seen !== 'ok') return;
    const wasAway = databaseAway.get() !== undefined;
    noteDatabase('answers');
    // What was refused is asked for again; after a real absence everything may be out of date.
    void client.invalidateQueries({ predicate: ({ state }) => wasAway || state.status === 'error' });
  }, [seen, client]);
  return useStore(databaseAway);
}

function DatabaseNote({ since }: { readonly since: number }) {
  const t = useWords(words);
  const format = useFormat();
  useServerNow();
  return (
    <div className={css.banner} role="status">
      <Note tone="high">{t.databaseAway(format.duration(Date.now() - since))}</Note>
    </div>
  );
}

/** What is wrong with what is shown as a whole: not live, no database, an older build, a wrong clock. */
export function Banner() {
  const t = useWords(words);
  const format = useFormat();
  const { state, heardAt, retryAt } = useFreshness();
  const isOlder = useStore(newerBuild);
  const away = useDatabaseAway();
  const known = serverNow() - (Date.now() - heardAt);
  if (state === 'lost')
    return (
      <div className={css.banner} role="status">
        <Note tone="high">
          <span className={layout.grow}>{t.showing(format.time(known))}</span>
          {retryAt ? (
            <span>{t.nextTry(format.duration(Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000) * 1_000)))}</span>
          ) : null}
          <Button onPress={live.connect}>{t.tryNow}</Button>
        </Note>
      </div>
    );
  if (away !== undefined) return <DatabaseNote since={away} />;
  if (isOlder)
    return (
      <div className={css.banner}>
        <Note>
          <span className={layout.grow}>{t.newer}</span>
          <Button onPress={() => location.reload()}>{t.reload}</Button>
        </Note>
      </div>
    );
  if (Math.abs(clockOffset()) > NOTED_MS)
    return (
      <div className={css.banner}>
        <Note>{t.clock(format.duration(Math.abs(clockOffset())))}</Note>
      </div>
    );
  return null;
}
