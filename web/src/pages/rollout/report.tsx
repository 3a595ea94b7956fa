import { Link, getRouteApi } from '@tanstack/react-router';
import { useCall } from '../../api/queries';
import { useLanguage, useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Segments } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import { Page, Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import css from './rollout.module.css';
import { words } from './words';

const route = getRouteApi('/rollout/report');

/** The proof as one document, to print or to send. */
export function RolloutReportPage() {
  const t = useWords(words);
  const language = useLanguage();
  const { lang = language } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useCall('rollout.report', { lang, format: 'md' });
  const actions = (
    <>
      <Link className={kit.button} to="/rollout">
        {t.back}
      </Link>
      <Segments
        label={t.lang}
        value={lang}
        options={[
          ['en', 'English'],
          ['zh', '中文'],
        ]}
        onChange={(next) => void navigate({ search: { lang: next }, replace: true })}
      />
      <Button onPress={() => window.print()}>{t.print}</Button>
    </>
  );
  return (
    <Page title={t.reportTitle} actions={actions}>
      <Panel flush>
        <Loaded query={query} height={400}>
          {({ report }) => (
            <pre className={css.report} lang={lang === 'zh' ? 'zh-CN' : 'en'}>
              {typeof report === 'string' ? report : JSON.stringify(report, null, 2)}
            </pre>
          )}
        </Loaded>
      </Panel>
    </Page>
  );
}
