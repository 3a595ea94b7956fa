import { Link, getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { ConfigStatus, Revision } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { EXACT } from '../../ui/links';
import { Page, Panel } from '../../ui/panel';
import { Loaded, useFaultText } from '../../ui/problem';
import { Age, State } from '../../ui/state';
import css from './config.module.css';
import { FileEditor } from './file-editor';
import { RevisionView } from './revision-view';
import { words } from './words';

const route = getRouteApi('/config');
const PAGE = 60;

function Status({ status }: { readonly status: ConfigStatus }) {
  const t = useWords(words);
  const format = useFormat();
  const faultText = useFaultText();
  const faults = [...status.faults, ...status.quarantined.flatMap((entry) => entry.faults)];
  return (
    <>
      <div className={layout.row}>
        <State of={status.state === 'in_sync' ? 'normal' : 'high'}>{t.state[status.state]}</State>
        <span className={layout.muted}>
          {t.revision(status.revision)} · {t.cameras(format.number(status.cameras))} · {t.checked}{' '}
          <Age at={status.checked_at} />
        </span>
      </div>
      {faults.length === 0 ? null : (
        <Panel title={t.faults} flush>
          <ul className={css.faults}>
            {faults.map((fault, i) => (
              <li key={i}>
                <State of={fault.severity === 'error' ? 'critical' : 'medium'}>
                  {t.severity[fault.severity]} · {t.place(fault.line, fault.column)}
                </State>
                <span className={layout.mono}>{fault.path}</span>
                <span>{faultText(fault)}</span>
                {fault.suggestion ? <b>{t.suggestion(fault.suggestion)}</b> : null}
              </li>
            ))}
            <li className={layout.muted}>{t.fixHint}</li>
          </ul>
        </Panel>
      )}
    </>
  );
}

interface RevisionsProps {
  readonly revisions: readonly Revision[];
  readonly head: number;
  readonly open: number | undefined;
}

function Revisions({ revisions, head, open }: RevisionsProps) {
  const t = useWords(words);
  return (
    <div className={css.revisions}>
      {revisions.map((revision) => (
        <Link
          key={revision.number}
          className={css.revision}
          activeOptions={EXACT}
          to="/config"
          search={{ revision: revision.number }}
          aria-current={revision.number === open}
          resetScroll={false}
        >
          <span>
            {t.revision(revision.number)} {revision.number === head ? <b>· {t.inForce}</b> : null}
          </span>
          <small>
            <Age at={revision.at} /> · {t.origin[revision.origin]} {revision.author ? t.by(revision.author) : ''}
          </small>
          <small>
            {revision.cameras.slice(0, 4).join(', ')}
            {revision.cameras.length > 4 ? ` +${revision.cameras.length - 4}` : ''}
          </small>
        </Link>
      ))}
    </div>
  );
}

export function Config() {
  const t = useWords(words);
  const { revision } = route.useSearch();
  const [limit, setLimit] = useState(PAGE);
  const status = useCall('camera-config.status', {}, { topic: 'config' });
  const revisions = useCall('camera-config.revisions', { limit }, { topic: 'config', keep: true });
  return (
    <Page title={t.title}>
      <Loaded query={status} height={30}>
        {(now) => (
          <>
            <Status status={now} />
            <div className={css.columns}>
              <Panel title={t.revisions} flush>
                <Loaded query={revisions} height={300} isEmpty={(list) => list.revisions.length === 0} empty={t.none}>
                  {({ revisions: all, total }) => (
                    <>
                      <Revisions revisions={all} head={now.revision} open={revision} />
                      {all.length < total ? <Button onPress={() => setLimit(limit + PAGE)}>{t.more}</Button> : null}
                    </>
                  )}
                </Loaded>
              </Panel>
              <div className={layout.stack}>
                {revision === undefined ? null : <RevisionView number={revision} head={now.revision} />}
                <FileEditor />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}
