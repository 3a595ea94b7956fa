import type { OperationMetrics } from '../../api/generated';
import { type PartState, partsOf } from '../../api/health';
import { useCall } from '../../api/queries';
import { useMe } from '../../api/session';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { partWords } from '../../i18n/part-words';
import layout from '../../ui/layout.module.css';
import { NumberCell, Page, Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { Age, type Severity, State } from '../../ui/state';
import { Nodes } from './nodes';
import { words } from './words';

const STATES: Readonly<Record<PartState, Severity>> = {
  ok: 'normal',
  degraded: 'medium',
  inconsistent: 'high',
  error: 'critical',
};

/** Each part, and what to do where one is not well. */
function Parts() {
  const t = useWords(words);
  const tp = useWords(partWords);
  const query = useCall('monitoring.health', {}, { topic: 'health', everyMs: 10_000 });
  return (
    <Panel
      title={t.parts}
      flush
      actions={
        query.data ? (
          <span className={layout.muted}>
            <Age at={query.data.timestamp} />
          </span>
        ) : null
      }
    >
      <Loaded query={query} height={380}>
        {(health) => (
          <Table label={t.parts} head={['', '', '']}>
            {partsOf(health).map(({ part, state, error }) => (
              <tr key={part}>
                <td>{tp.part[part] ?? part}</td>
                <td>
                  <State of={STATES[state]}>{tp.state[state]}</State>
                </td>
                <td className={layout.wrap}>
                  {state === 'ok' ? '' : tp.remedy[part]} <span className={layout.muted}>{error ?? ''}</span>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}

function Machine() {
  const t = useWords(words);
  const format = useFormat();
  const { data: me } = useMe();
  const query = useCall('system.info', {}, { everyMs: 10_000 });
  return (
    <Panel title={t.machine} actions={<a href="/docs">{t.docs}</a>}>
      <Loaded query={query} height={220}>
        {({ system, memory, cpu, disk }) => (
          <dl className={layout.facts}>
            <dt>{t.version}</dt>
            <dd>{me?.site.version ?? '–'}</dd>
            <dt>{t.zone}</dt>
            <dd>{me?.site.time_zone ?? '–'}</dd>
            <dt>{t.retention}</dt>
            <dd>
              {me
                ? t.days(format.number(me.site.event_retention_days), format.number(me.site.history_retention_days))
                : '–'}
            </dd>
            <dt>{t.host}</dt>
            <dd>{system.hostname}</dd>
            <dt>{t.os}</dt>
            <dd>{system.platform}</dd>
            <dt>{t.node}</dt>
            <dd>{system.node_version ?? '–'}</dd>
            <dt>{t.cpu}</dt>
            <dd>
              {t.cores(format.number(cpu.count))}, {format.number(cpu.usage_percent)} %
            </dd>
            <dt>{t.memory}</dt>
            <dd>{t.free(format.bytes(memory.available), format.bytes(memory.total))}</dd>
            <dt>{t.disk}</dt>
            <dd>{t.free(format.bytes(disk.free), format.bytes(disk.total))}</dd>
          </dl>
        )}
      </Loaded>
    </Panel>
  );
}

const MOST_OPERATIONS = 25;

function Requests() {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall('monitoring.metrics', {}, { everyMs: 10_000 });
  return (
    <Loaded query={query} height={220}>
      {({ window_seconds: span, requests, response_time: time, domain_service: domain, instances, operations }) => (
        <>
          <Panel title={`${t.requests} ${t.window(format.duration(span * 1_000))}`}>
            <dl className={layout.facts}>
              <dt>{t.requests}</dt>
              <dd>{format.number(requests.total)}</dd>
              <dt>{t.success}</dt>
              <dd>{requests.total === 0 ? '–' : format.percent(requests.success / requests.total, 2)}</dd>
              <dt>{t.latency}</dt>
              <dd>{[time.p50_ms, time.p95_ms, time.p99_ms].map((ms) => format.duration(ms)).join(' · ')}</dd>
              <dt>{t.onDomain}</dt>
              <dd>
                {domain.usage_count + domain.old_count === 0
                  ? '–'
                  : format.percent(domain.usage_count / (domain.usage_count + domain.old_count), 1)}
              </dd>
              <dt>{t.instances}</dt>
              <dd>{instances}</dd>
            </dl>
          </Panel>
          <Operations operations={operations} />
        </>
      )}
    </Loaded>
  );
}

function Operations({ operations }: { readonly operations: readonly OperationMetrics[] }) {
  const t = useWords(words);
  const format = useFormat();
  const busiest = [...operations].sort((a, b) => b.calls - a.calls).slice(0, MOST_OPERATIONS);
  const head = [t.operation, t.path, t.calls, t.failures, 'p50', 'p95', 'p99'];
  return (
    <Panel title={t.operations} flush>
      <Table label={t.operations} head={head} numbers={[2, 3, 4, 5, 6]}>
        {busiest.map((row) => (
          <tr key={`${row.operation} ${row.path}`}>
            <td>{row.operation}</td>
            <td className={layout.muted}>{row.path ?? ''}</td>
            <NumberCell>{format.number(row.calls)}</NumberCell>
            <NumberCell>{format.number(row.failure)}</NumberCell>
            <NumberCell>{format.duration(row.p50_ms)}</NumberCell>
            <NumberCell>{format.duration(row.p95_ms)}</NumberCell>
            <NumberCell>{format.duration(row.p99_ms)}</NumberCell>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

export function System() {
  const t = useWords(words);
  return (
    <Page title={t.title}>
      <div className={layout.two}>
        <Parts />
        <Machine />
      </div>
      <Nodes />
      <Requests />
    </Page>
  );
}
