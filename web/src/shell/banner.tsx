import { clockOffset, serverNow } from '../api/clock';
import { newerBuild } from '../api/reachability';
import { useStore } from '../api/store';
import { useFormat } from '../i18n/format';
import { useWords } from '../i18n/language';
import { live, useFreshness } from '../live/connection';
import { Button } from '../ui/button';
import layout from '../ui/layout.module.css';
import { Note } from '../ui/panel';
import css from './shell.module.css';
import { words } from './words';

const NOTED_MS = 5_000;

/** What is wrong with what is shown as a whole: not live, an older build, a wrong clock. */
export function Banner() {
  const t = useWords(words);
  const format = useFormat();
  const { state, heardAt, retryAt } = useFreshness();
  const isOlder = useStore(newerBuild);
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
