import { Link } from '@tanstack/react-router';
import { useCall } from '../../api/queries';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import { Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { Age } from '../../ui/state';
import { words } from './words';

/** Every revision that touched this camera. */
export function HistoryTab({ id }: { readonly id: string }) {
  const t = useWords(words);
  const query = useCall('camera-config.revisions', { limit: 200 }, { topic: 'config' });
  return (
    <Panel flush>
      <Loaded
        query={query}
        height={200}
        isEmpty={({ revisions }) => !revisions.some(({ cameras }) => cameras.includes(id))}
        empty={t.historyNone}
      >
        {({ revisions }) => (
          <Table label={t.tabs.history} head={['', '', '', '']}>
            {revisions
              .filter(({ cameras }) => cameras.includes(id))
              .map((revision) => (
                <tr key={revision.number}>
                  <td>
                    <Link to="/config" search={{ revision: revision.number }}>
                      {t.revision(revision.number)}
                    </Link>
                  </td>
                  <td>
                    <Age at={revision.at} />
                  </td>
                  <td>{t.origin[revision.origin]}</td>
                  <td className={layout.muted}>{revision.author ? t.by(revision.author) : ''}</td>
                </tr>
              ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}
