import { Link } from '@tanstack/react-router';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import { Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { words } from './words';

const DAY_MINUTES = 1_440;

export function EventsTab({ id }: { readonly id: string }) {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall(
    'events.recent',
    { camera_id: id, minutes: DAY_MINUTES, limit: 200 },
    { topic: 'events', everyMs: 10_000 },
  );
  return (
    <Panel
      title={t.tabs.events}
      flush
      actions={
        <Link to="/violations" search={{ camera: id, status: 'all', view: 'list' }}>
          {t.violations}
        </Link>
      }
    >
      <Loaded query={query} height={200} isEmpty={(events) => events.length === 0} empty={t.eventsNone}>
        {(events) => (
          <Table label={t.tabs.events} head={['', '', '']}>
            {events.map((event) => (
              <tr key={event.id}>
                <td className={layout.muted}>{format.moment(event.ts * 1_000)}</td>
                <td>{event.type}</td>
                <td className={`${layout.mono} ${layout.wrap}`}>
                  {event.evidence ? JSON.stringify(event.evidence) : ''}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}
