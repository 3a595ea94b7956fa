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
      <td className={layout.mono}>{entry.request_id}</td>
    </tr>
  );
}

export function Audit() {
  const t = useWords(words);
  const { actor = '', operation = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const [limit, setLimit] = useState(PAGE);
  const query = useCall(
    'access.audit',
    { limit, ...(actor ? { actor } : {}), ...(operation ? { operation } : {}) },
    { everyMs: 10_000, keep: true },
  );
  const set = (change: object) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const filters = (
    <>
      <input
        className={kit.input}
        style={{ width: 150 }}
        type="search"
        aria-label={t.filterActor}
        placeholder={t.filterActor}
        value={actor}
        onChange={(e) => set({ actor: e.target.value || undefined })}
      />
      <input
        className={kit.input}
        style={{ width: 190 }}
        type="search"
        aria-label={t.filterOperation}
        placeholder={t.filterOperation}
        value={operation}
        onChange={(e) => set({ operation: e.target.value || undefined })}
      />
    </>
  );
  return (
    <Panel title={t.tabs.audit} actions={filters} flush>
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
