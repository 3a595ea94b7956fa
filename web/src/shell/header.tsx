import { Link } from '@tanstack/react-router';
import { useServerNow } from '../api/clock';
import { logOut, useMe } from '../api/session';
import { useStore } from '../api/store';
import { useFormat } from '../i18n/format';
import { setLanguage, useLanguage, useWords } from '../i18n/language';
import { useFreshness } from '../live/connection';
import { Button } from '../ui/button';
import { shapeOf, toneOf } from '../ui/state';
import { words as common } from '../ui/words';
import css from './shell.module.css';
import { setTheme, theme } from './theme';
import { words } from './words';

/** How fresh what is on the screen is, as a number. */
function Freshness() {
  const t = useWords(words);
  const format = useFormat();
  const { state, heardAt } = useFreshness();
  const age = format.duration(Math.max(state === 'live' ? 1_000 : 0, Date.now() - heardAt));
  const [shape, text] = {
    live: [shapeOf('normal'), `${t.live} < ${age}`],
    absent: [shapeOf('normal'), t.polling],
    connecting: [shapeOf('starting'), t.connecting],
    lost: [shapeOf('high'), t.notLive(age)],
  }[state] as [string, string];
  return (
    <span className={`${css.link} ${state === 'lost' ? toneOf('high') : toneOf('normal')}`}>
      <span aria-hidden="true">{shape}</span>
      {text}
    </span>
  );
}

function SiteTime() {
  const t = useWords(words);
  const format = useFormat();
  const now = useServerNow();
  return (
    <span className={css.time}>
      <small className={css.wideOnly}>{t.siteTime} </small>
      {format.time(now)} <small className={css.wideOnly}>{format.offset(now)}</small>
    </span>
  );
}

const NEXT_THEME = { system: 'light', light: 'dark', dark: 'system' } as const;
const THEME_SIGN = { system: '◐', light: '○', dark: '●' } as const;

export function Header() {
  const t = useWords(words);
  const tc = useWords(common);
  const language = useLanguage();
  const { data: me } = useMe();
  const now = useStore(theme);
  return (
    <header className={css.head}>
      <Link to="/" className={css.brand}>
        <img src="/icon.svg" alt="" width="22" height="22" />
        <span>{me?.site.name ?? 'Watchgate'}</span>
      </Link>
      <SiteTime />
      <Freshness />
      <span className={css.who}>{me ? `${me.name ?? t.nobody} (${tc.role[me.role]})` : ''}</span>
      <Button kind="quiet" onPress={() => setLanguage(language === 'en' ? 'zh' : 'en')}>
        <span lang={language === 'en' ? 'zh-CN' : 'en'}>{t.language}</span>
      </Button>
      <Button kind="quiet" label={`${t.theme}: ${t.themes[now]}`} onPress={() => setTheme(NEXT_THEME[now])}>
        <span title={`${t.theme}: ${t.themes[now]}`}>{THEME_SIGN[now]}</span>
      </Button>
      {me?.session ? (
        <Button kind="quiet" onPress={() => void logOut()}>
          {t.logOut}
        </Button>
      ) : null}
    </header>
  );
}
