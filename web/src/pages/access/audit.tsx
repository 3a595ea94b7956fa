import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditEntry } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { State } from '../../ui/state';
import { words } from './words';

const route = getRouteApi('/access');
const PAGE = 100;

function Row({ entry }: { readonly entry: AuditEntry }) {
  const t = useWords(words);
  const format = useFormat();
  const what = entry.changed ?? entry.input;
  return (
    <tr>
      <td className={layout.muted} style={{ whiteSpace: 'nowrap' }}>
        {format.moment(entry.at)}
      </td>
      <td>{entry.actor ?? t.thisMachine}</td>
      <td>{entry.operation}</td>
      <td>
        <State of={entry.status < 400 ? 'normal' : entry.status < 500 ? 'medium' : 'critical'}>{entry.status}</State>
      </td>
      <td className={`${layout.mono} ${layout.wrap}`}>{what ? JSON.stringify(what) : ''}</td>
      <td className={layout.mono}>{entry.address}</td>
      <td className={`${layout.mono} ${layout.short}`} title={entry.request_id}>
        {entry.request_id}
      </td>
    </tr>
  );
}

function Filters() {
  const t = useWords(words);
  const { actor = '', operation = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const field = (name: 'actor' | 'operation', value: string, label: string) => (
    <input
      className={kit.input}
      style={{ width: 180 }}
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(e) =>
        void navigate({ search: (old) => ({ ...old, [name]: e.target.value || undefined }), replace: true })
      }
    />
  );
  return (
    <>
      {field('actor', actor, t.filterActor)}
      {field('operation', operation, t.filterOperation)}
    </>
  );
}

/** Who changed what, newest first. */
export function Audit() {
  const t = useWords(words);
  const { actor = '', operation = '' } = route.useSearch();
  const [limit, setLimit] = useState(PAGE);
  const query = useCall(
    'access.audit',
    { limit, ...(actor ? { actor } : {}), ...(operation ? { operation } : {}) },
    { everyMs: 10_000, keep: true },
  );
  return (
    <Panel title={t.tabs.audit} actions={<Filters />} flush>
      <Loaded query={query} height={300} isEmpty={({ entries }) => entries.length === 0} empty={t.noEntries}>
        {({ entries, next_cursor: next }) => (
          <>
            <Table label={t.tabs.audit} head={[t.when, t.actor, t.operation, t.outcome, t.what, t.from, t.request]}>
              {entries.map((entry) => (
                <Row key={entry.id} entry={entry} />
              ))}
            </Table>
            {next !== null && limit < 1_000 ? (
              <div style={{ padding: 12 }}>
                <Button onPress={() => setLimit(limit + PAGE)}>{t.older}</Button>
              </div>
            ) : null}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
