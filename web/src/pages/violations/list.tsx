import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Violation } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { NumberCell, Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { State } from '../../ui/state';
import { words } from './words';

interface ListProps {
  readonly filter: {
    readonly camera_id?: string;
    readonly status?: Violation['status'];
    readonly violation_type?: string;
    readonly from?: string;
    readonly to?: string;
    readonly min_confidence?: number;
  };
}

const PAGE = 100;

function Row({ violation }: { readonly violation: Violation }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <tr>
      <td className={layout.muted}>
        <Link to="/violations" search={{ id: violation.id, status: violation.status }}>
          {format.moment(violation.timestamp)}
        </Link>
      </td>
      <td>{violation.camera_id}</td>
      <td>{violation.violation_type}</td>
      <NumberCell>{violation.confidence === null ? '–' : format.percent(violation.confidence)}</NumberCell>
      <td>
        <State of={violation.status === 'pending' ? 'high' : 'normal'}>{t.status[violation.status]}</State>
      </td>
      <td className={layout.muted}>{violation.handled_by ?? ''}</td>
      <td className={layout.wrap}>{violation.notes ?? ''}</td>
    </tr>
  );
}

export function List({ filter }: ListProps) {
  const t = useWords(words);
  const format = useFormat();
  const [limit, setLimit] = useState(PAGE);
  const query = useCall('records.violations', { ...filter, limit }, { topic: 'violations', keep: true });
  return (
    <Panel flush>
      <Loaded query={query} height={400} isEmpty={({ violations }) => violations.length === 0} empty={t.noneFiltered}>
        {({ violations, total }) => (
          <>
            <Table
              label={t.title}
              head={[t.time, t.camera, t.type, t.certainty, t.statusLabel, t.handled, t.notes]}
              numbers={[3]}
            >
              {violations.map((violation) => (
                <Row key={violation.id} violation={violation} />
              ))}
            </Table>
            <div className={layout.row} style={{ padding: 12 }}>
              <span className={layout.muted}>{t.total(format.number(total))}</span>
              {violations.length < total && limit < 1_000 ? (
                <Button onPress={() => setLimit(limit + PAGE)}>{t.more}</Button>
              ) : null}
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
