import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { unauthorized } from '../api/reachability';
import { useMe } from '../api/session';
import { useStore } from '../api/store';
import { ZoneContext } from '../api/zone';
import { LanguageContext, localeOf, useStoredLanguage, useWords } from '../i18n/language';
import { useFollowed } from '../live/connection';
import { Toasts } from '../ui/toast';
import { Banner } from './banner';
import { Header } from './header';
import { useHotkeys } from './hotkeys';
import { Login } from './login';
import { Navigation } from './navigation';
import css from './shell.module.css';
import { words } from './words';

const Palette = lazy(async () => ({ default: (await import('./palette')).Palette }));
const KeySheet = lazy(async () => ({ default: (await import('./key-sheet')).KeySheet }));

/** What every page stands in: language, zone of the site, header, navigation, what lies above. */
export function Shell() {
  const language = useStoredLanguage();
  const { data: me } = useMe();
  const zone = me?.site.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <LanguageContext value={language}>
      <I18nProvider locale={localeOf(language)}>
        <ZoneContext value={zone}>
          <Frame />
        </ZoneContext>
      </I18nProvider>
    </LanguageContext>
  );
}

/** A wall screen shows nothing but the page. */
const useIsKiosk = (): boolean =>
  useRouterState({ select: ({ location }) => 'kiosk' in location.search && location.search.kiosk === 1 });

function Frame() {
  const t = useWords(words);
  const [above, setAbove] = useState<'palette' | 'sheet'>();
  const needsLogin = useStore(unauthorized);
  const isKiosk = useIsKiosk();
  useHotkeys({ palette: () => setAbove('palette'), sheet: () => setAbove('sheet') });
  useFollowed(['cameras', 'violations', 'alerts', 'rollout', 'config', 'health']);
  const close = () => setAbove(undefined);
  return (
    <div className={isKiosk ? css.full : css.shell}>
      {isKiosk ? null : (
        <>
          <a className={css.skip} href="#main">
            {t.skip}
          </a>
          <Header />
          <Navigation />
        </>
      )}
      <main id="main" className={isKiosk ? undefined : css.main} tabIndex={-1}>
        <Banner />
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </main>
      <Suspense fallback={null}>
        {above === 'palette' ? <Palette onClose={close} /> : null}
        {above === 'sheet' ? <KeySheet onClose={close} /> : null}
      </Suspense>
      {needsLogin ? <Login /> : null}
      <Toasts />
    </div>
  );
}
