import { Link, getRouteApi } from '@tanstack/react-router';
import { useBlocked } from '../../api/allowed';
import { useWords } from '../../i18n/language';
import kit from '../../ui/kit.module.css';
import { EXACT } from '../../ui/links';
import { Note, Page } from '../../ui/panel';
import { Audit } from './audit';
import { Tokens } from './tokens';
import { words } from './words';

const route = getRouteApi('/access');

export function Access() {
  const t = useWords(words);
  const { tab = 'tokens' } = route.useSearch();
  const blocked = useBlocked('access.tokens', 'waits for the service');
  return (
    <Page title={t.title}>
      <nav className={kit.tabs} aria-label={t.title}>
        {(['tokens', 'audit'] as const).map((each) => (
          <Link
            key={each}
            className={kit.tab}
            activeOptions={EXACT}
            to="/access"
            search={each === 'tokens' ? {} : { tab: each }}
            aria-current={each === tab ? 'page' : undefined}
            replace
          >
            {t.tabs[each]}
          </Link>
        ))}
      </nav>
      {blocked === undefined ? (
        tab === 'tokens' ? (
          <Tokens />
        ) : (
          <Audit />
        )
      ) : (
        <Note tone="medium">
          {t.forbidden} {blocked}
        </Note>
      )}
    </Page>
  );
}
