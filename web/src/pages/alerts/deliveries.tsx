import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Delivery } from '../../api/generated';
import { useCall, useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Select } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { Panel, Table } from '../../ui/panel';
import { Loaded, useProblemText } from '../../ui/problem';
import { type Severity, State } from '../../ui/state';
import { say } from '../../ui/toast';
import { words } from './words';

const STATES: Readonly<Record<Delivery['status'], Severity>> = {
  queued: 'starting',
  delivered: 'normal',
  dead: 'critical',
};

function Row({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(words);
  const format = useFormat();
  const textOf = useProblemText();
  const replay = useChange('alert-handling.replay', ['alert']);
  const blocked = useBlocked('alert-handling.replay');
  const last = delivery.attempts.at(-1);
  return (
    <tr>
      <td className={layout.muted}>{format.moment(delivery.created_at)}</td>
      <td>{t.channel[delivery.channel as keyof typeof t.channel] ?? delivery.channel}</td>
      <td className={layout.wrap}>{delivery.target ?? ''}</td>
      <td>
        <State of={STATES[delivery.status]}>{t.delivery[delivery.status]}</State>
      </td>
      <td>{t.attempts(delivery.attempts.length)}</td>
      <td className={layout.wrap}>{last ? `${last.detail} · ${format.duration(last.ms)}` : ''}</td>
      <td>
        {delivery.status === 'dead' ? (
          <Button
            blocked={blocked}
            isPending={replay.isPending}
            onPress={() =>
              replay.mutate(
                { delivery_id: delivery.id },
                { onSuccess: () => say(t.replayed), onError: (error) => say(textOf(error), 'critical') },
              )
            }
          >
            {t.replay}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

export function Deliveries() {
  const t = useWords(words);
  const [status, setStatus] = useState<Delivery['status'] | ''>('');
  const query = useCall(
    'alert-handling.deliveries',
    { limit: 200, ...(status ? { status } : {}) },
    { topic: 'alerts', everyMs: 10_000, keep: true },
  );
  const filter = (
    <Select
      label={t.state}
      value={status}
      options={[
        ['', t.all],
        ['queued', t.delivery.queued],
        ['delivered', t.delivery.delivered],
        ['dead', t.delivery.dead],
      ]}
      onChange={setStatus}
    />
  );
  return (
    <Panel title={t.tabs.deliveries} actions={filter} flush>
      <Loaded query={query} height={200} isEmpty={({ items }) => items.length === 0} empty={t.noDeliveries}>
        {({ items }) => (
          <Table label={t.tabs.deliveries} head={[t.when, t.channelHead, t.target, t.state, '', t.lastAttempt, '']}>
            {items.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} />
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}
