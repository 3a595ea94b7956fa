import { Link, getRouteApi } from '@tanstack/react-router';
import { useWords } from '../../i18n/language';
import kit from '../../ui/kit.module.css';
import { EXACT } from '../../ui/links';
import { Page } from '../../ui/panel';
import { Deliveries } from './deliveries';
import { Inbox } from './inbox';
import { Rules } from './rules';
import { words } from './words';

const route = getRouteApi('/alerts');
const TABS = ['inbox', 'rules', 'deliveries'] as const;

export function Alerts() {
  const t = useWords(words);
  const { tab = 'inbox' } = route.useSearch();
  return (
    <Page
      title={t.title}
      actions={
        <Link className={kit.button} to="/alerts/rules/$id" params={{ id: 'new' }}>
          {t.newRule}
        </Link>
      }
    >
      <nav className={kit.tabs} aria-label={t.title}>
        {TABS.map((each) => (
          <Link
            key={each}
            className={kit.tab}
            activeOptions={EXACT}
            to="/alerts"
            search={each === 'inbox' ? {} : { tab: each }}
            aria-current={each === tab ? 'page' : undefined}
            replace
          >
            {t.tabs[each]}
          </Link>
        ))}
      </nav>
      {tab === 'inbox' ? <Inbox /> : null}
      {tab === 'rules' ? <Rules /> : null}
      {tab === 'deliveries' ? <Deliveries /> : null}
    </Page>
  );
}
