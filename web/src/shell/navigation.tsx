import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../i18n/language';
import { useTopic } from '../live/connection';
import { useCall } from '../api/queries';
import { Dialog } from '../ui/dialog';
import { ON_PHONE, PAGES, type PageKey } from './pages';
import css from './shell.module.css';
import { words } from './words';

const Icon = ({ path }: { readonly path: string }) => (
  <svg
    width="18"
    height="18"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={path} />
  </svg>
);

/** How many things of a page wait for somebody. */
function useCounts(): Partial<Record<PageKey, number>> {
  const told = useTopic('violations');
  const { data } = useCall('records.violations', { status: 'pending', limit: 1 }, { topic: 'violations' });
  const violations = told?.counts.pending ?? data?.total;
  return violations ? { violations } : {};
}

function Item({
  page,
  count,
  onPress,
}: {
  readonly page: (typeof PAGES)[number];
  readonly count?: number | undefined;
  readonly onPress?: () => void;
}) {
  const t = useWords(words);
  return (
    <Link
      to={page.to}
      className={css.item}
      activeOptions={{ exact: page.to === '/', includeSearch: false }}
      onClick={onPress}
    >
      <Icon path={page.icon} />
      {t[page.key]}
      {count ? <span className={css.count}>{count > 9_999 ? '9999+' : count}</span> : null}
    </Link>
  );
}

export function Navigation() {
  const t = useWords(words);
  const counts = useCounts();
  const [open, setOpen] = useState(false);
  return (
    <nav className={css.nav} aria-label={t.navigation}>
      <ul>
        {PAGES.map((page) => (
          <li key={page.key} className={ON_PHONE.includes(page.key) ? undefined : css.wideOnly}>
            <Item page={page} count={counts[page.key]} />
          </li>
        ))}
        <li className={css.phoneOnly}>
          <button type="button" className={css.item} onClick={() => setOpen(true)}>
            <Icon path="M5 12h.01M12 12h.01M19 12h.01" />
            {t.more}
          </button>
        </li>
      </ul>
      {open ? (
        <Dialog title={t.navigation} onClose={() => setOpen(false)}>
          <div className={css.sheet}>
            {PAGES.filter(({ key }) => !ON_PHONE.includes(key)).map((page) => (
              <Item key={page.key} page={page} onPress={() => setOpen(false)} />
            ))}
          </div>
        </Dialog>
      ) : null}
    </nav>
  );
}
