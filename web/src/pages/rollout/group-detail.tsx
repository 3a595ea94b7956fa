import { Link, getRouteApi } from '@tanstack/react-router';
import type { RolloutFinding, RolloutGroup, RolloutMissing } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMissingText } from '../../i18n/evidence-words';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import kit from '../../ui/kit.module.css';
import { EXACT } from '../../ui/links';
import layout from '../../ui/layout.module.css';
import { Empty, Note, NumberCell, Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { Age, type Severity, State } from '../../ui/state';
import { GroupActions } from './group-actions';
import { Mismatches } from './mismatches';
import { Plan } from './plan';
import { Trend } from './trend';
import { words } from './words';

const route = getRouteApi('/rollout');
const TABS = ['evidence', 'trend', 'mismatches', 'history'] as const;

export function GroupDetail({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  const { tab = 'evidence' } = route.useSearch();
  return (
    <Panel title={t.why(group.group)} actions={<GroupActions group={group} />}>
      <div className={layout.stack}>
        {group.trip_reason ? <Note tone="high">{group.trip_reason}</Note> : null}
        {group.attention ? (
          <Note tone="medium">
            <b>{t.attention}</b> {group.attention}
          </Note>
        ) : null}
        {group.approval ? <Note>{t.approval(group.approval.by ?? '–', group.approval.reason)}</Note> : null}
        <p className={layout.muted}>
          {t.status[group.status]} · {group.effective_why}
          {group.entered_at === null ? null : (
            <>
              {' '}
              · {t.entered} <Age at={group.entered_at} />
            </>
          )}
        </p>
        <nav className={kit.tabs} aria-label={t.why(group.group)}>
          {TABS.map((each) => (
            <Link
              key={each}
              className={kit.tab}
              activeOptions={EXACT}
              to="/rollout"
              search={{ group: group.group, tab: each }}
              aria-current={each === tab ? 'page' : undefined}
              replace
              resetScroll={false}
            >
              {t.tabs[each]}
            </Link>
          ))}
        </nav>
        {tab === 'evidence' ? <Evidence group={group} /> : null}
        {tab === 'trend' ? <Trend name={group.group} /> : null}
        {tab === 'mismatches' ? <Mismatches name={group.group} /> : null}
        {tab === 'history' ? <History name={group.group} /> : null}
      </div>
    </Panel>
  );
}

const LEVELS: Readonly<Record<RolloutFinding['level'], Severity>> = {
  rollback: 'critical',
  attention: 'medium',
  open: 'starting',
  fine: 'normal',
};

function Evidence({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  const format = useFormat();
  const { evidence, verdict } = group;
  const { domain, drawn, expectedBps } = evidence.share;
  return (
    <>
      {verdict && verdict.missing.length > 0 ? <Missing missing={verdict.missing} /> : null}
      <Findings findings={verdict?.findings ?? []} />
      <CallTable group={group} />
      <p className={layout.muted}>
        {t.share(format.number(domain), format.number(drawn), `${format.number(expectedBps / 100, 2)} %`)}
        {' · '}
        {t.comparisons(format.number(evidence.comparisons), format.number(evidence.mismatches))}
      </p>
      <Plan name={group.group} />
    </>
  );
}

/** What the next stage still needs, and about how long that takes. */
function Missing({ missing }: { readonly missing: readonly RolloutMissing[] }) {
  const { nameOf, amountOf } = useMissingText();
  const t = useWords(words);
  const format = useFormat();
  return (
    <Table label={t.missing} head={[t.missing, t.operation, '', '']}>
      {missing.map((each, i) => (
        <tr key={i}>
          <td>{nameOf(each)}</td>
          <td className={layout.muted}>{each.operation ?? ''}</td>
          <td>
            <meter value={each.have} max={each.need} aria-label={nameOf(each)} /> {amountOf(each)}
          </td>
          <td>{each.etaMs === null ? '' : t.eta(format.duration(each.etaMs))}</td>
        </tr>
      ))}
    </Table>
  );
}

const isShare = ({ metric }: RolloutFinding) => !/p\d\d|latency|slow|ms/i.test(metric);

function Findings({ findings }: { readonly findings: readonly RolloutFinding[] }) {
  const t = useWords(words);
  const format = useFormat();
  if (findings.length === 0) return <p className={layout.muted}>{t.noFindings}</p>;
  const text = (finding: RolloutFinding, value: number) =>
    isShare(finding) ? format.percent(value, 2) : format.number(value, 2);
  return (
    <Table
      label={t.tabs.evidence}
      head={[t.operation, t.metric, t.value, t.interval, t.limit, t.calls, '']}
      numbers={[2, 3, 4, 5]}
    >
      {findings.map((finding, i) => (
        <tr key={i}>
          <td>{finding.operation}</td>
          <td>{finding.metric}</td>
          <NumberCell>{text(finding, finding.value)}</NumberCell>
          <NumberCell>{finding.interval.map((bound) => text(finding, bound)).join(' – ')}</NumberCell>
          <NumberCell>{text(finding, finding.limit)}</NumberCell>
          <NumberCell>{format.number(finding.n)}</NumberCell>
          <td>
            <State of={LEVELS[finding.level]}>{t.level[finding.level]}</State>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function CallTable({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  const format = useFormat();
  const operations = group.evidence.operations.filter(({ domain, control }) => domain.n + control.n > 0);
  if (operations.length === 0) return null;
  return (
    <Table
      label={t.calls}
      head={[t.operation, t.calls, t.failures, t.rejects, `${t.control}: ${t.calls}`, `${t.control}: ${t.failures}`]}
      numbers={[1, 2, 3, 4, 5]}
    >
      {operations.map(({ operation, domain, control }) => (
        <tr key={operation}>
          <td>{operation}</td>
          <NumberCell>{format.number(domain.n)}</NumberCell>
          <NumberCell>{format.number(domain.failure)}</NumberCell>
          <NumberCell>{format.number(domain.reject)}</NumberCell>
          <NumberCell>{format.number(control.n)}</NumberCell>
          <NumberCell>{format.number(control.failure)}</NumberCell>
        </tr>
      ))}
    </Table>
  );
}

const summary = (event: Readonly<Record<string, unknown>>): string =>
  Object.entries(event)
    .filter(([name, value]) => name !== 'kind' && value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' · ');

function History({ name }: { readonly name: string }) {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall('rollout.events', { group: name, limit: 100 }, { topic: 'rollout' });
  return (
    <Loaded query={query} height={160} isEmpty={({ events }) => events.length === 0}>
      {({ events, intact }) => (
        <>
          {intact ? <State of="normal">{t.intact}</State> : <Note tone="critical">{t.broken}</Note>}
          {events.length === 0 ? <Empty /> : null}
          <Table label={t.tabs.history} head={['', '', '', '']}>
            {[...events].reverse().map((event) => (
              <tr key={event.seq}>
                <td className={layout.muted}>{format.moment(event.at)}</td>
                <td>{event.event.kind}</td>
                <td className={layout.wrap}>{summary(event.event)}</td>
                <td className={layout.muted}>{event.actor ?? ''}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </Loaded>
  );
}
