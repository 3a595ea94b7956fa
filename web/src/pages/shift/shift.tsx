import { getRouteApi } from '@tanstack/react-router';
import { serverNow } from '../../api/clock';
import type { Violation } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMe } from '../../api/session';
import { useZone } from '../../api/zone';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { isProblem, useCameraStates } from '../../live/cameras';
import { Button } from '../../ui/button';
import { Segments } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { NumberCell, Page, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { before, shiftAt, type ShiftTimes } from './shift-times';
import css from './shift.module.css';
import { words } from './words';

const route = getRouteApi('/shift');
const MOST = 1_000;

const isWithin = ({ from, to }: ShiftTimes, at: string | null) =>
  at !== null && Date.parse(at) >= from && Date.parse(at) < to;

/** Counts by camera and type, with what became of them. */
function Counts({ violations }: { readonly violations: readonly Violation[] }) {
  const t = useWords(words);
  const format = useFormat();
  const kinds = new Map<string, Violation[]>();
  for (const each of violations) {
    const key = `${each.camera_id}\n${each.violation_type}`;
    kinds.set(key, [...(kinds.get(key) ?? []), each]);
  }
  const of = (some: readonly Violation[], status: Violation['status']) =>
    format.number(some.filter((v) => v.status === status).length);
  const cells = (some: readonly Violation[]) => (
    <>
      <NumberCell>{format.number(some.length)}</NumberCell>
      <NumberCell>{of(some, 'pending')}</NumberCell>
      <NumberCell>{of(some, 'confirmed')}</NumberCell>
      <NumberCell>{of(some, 'false_positive')}</NumberCell>
      <NumberCell>{of(some, 'resolved')}</NumberCell>
    </>
  );
  return (
    <Table
      label={t.counts}
      head={[t.camera, t.type, t.all, t.pending, t.confirmed, t.falsePositive, t.resolved]}
      numbers={[2, 3, 4, 5, 6]}
    >
      {[...kinds]
        .sort(([, a], [, b]) => b.length - a.length)
        .slice(0, 20)
        .map(([key, some]) => (
          <tr key={key}>
            <td>{key.split('\n')[0]}</td>
            <td>{key.split('\n')[1]}</td>
            {cells(some)}
          </tr>
        ))}
      <tr>
        <td colSpan={2}>
          <b>{t.all}</b>
        </td>
        {cells(violations)}
      </tr>
    </Table>
  );
}

function Decisions({ violations }: { readonly violations: readonly Violation[] }) {
  const t = useWords(words);
  const format = useFormat();
  const handled = violations.filter(({ handled_at: at }) => at !== null);
  if (handled.length === 0) return <p className={layout.muted}>{t.noDecision}</p>;
  const times = handled
    .map(({ handled_at: at, timestamp }) => Date.parse(at ?? timestamp) - Date.parse(timestamp))
    .sort((a, b) => a - b);
  const people = new Map<string, number>();
  for (const { handled_by: by } of handled) people.set(by ?? '–', (people.get(by ?? '–') ?? 0) + 1);
  return (
    <p>
      {t.median(format.duration(times[Math.floor(times.length / 2)] ?? 0))} {t.who}:{' '}
      {[...people].map(([name, n]) => `${name} ${n}`).join(', ')}
    </p>
  );
}

function Violations({ times }: { readonly times: ShiftTimes }) {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall(
    'records.violations',
    { limit: MOST, from: new Date(times.from).toISOString(), to: new Date(times.to).toISOString() },
    { topic: 'violations' },
  );
  return (
    <section>
      <h2>{t.counts}</h2>
      <Loaded query={query} height={160}>
        {({ violations, total }) => {
          return (
            <>
              <Counts violations={violations} />
              <Decisions violations={violations} />
              {total > violations.length ? <p className={layout.muted}>{t.partial(format.number(MOST))}</p> : null}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Problems() {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const { cameras } = useCameraStates();
  const bad = (cameras ?? []).filter(isProblem);
  return (
    <section>
      <h2>{t.cameras}</h2>
      {bad.length === 0 ? <p className={layout.muted}>{t.noProblems}</p> : null}
      <ul className={css.lines}>
        {bad.slice(0, 20).map((camera) => (
          <li key={camera.id}>
            <b>{camera.id}</b> {tc.state[camera.state]} · {camera.reason === null ? '' : tc.reasonText(camera.reason)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AlertLines({ times }: { readonly times: ShiftTimes }) {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall(
    'alerts.history',
    { limit: 50, from: new Date(times.from).toISOString(), to: new Date(times.to).toISOString() },
    { topic: 'alerts' },
  );
  const shown = (query.data?.items ?? []).filter(({ timestamp }) => isWithin(times, timestamp));
  return (
    <section>
      <h2>{t.alerts}</h2>
      <Loaded query={query} height={60} isEmpty={() => shown.length === 0} empty={t.noAlerts}>
        {() => (
          <ul className={css.lines}>
            {shown.slice(0, 15).map((alert) => (
              <li key={alert.id}>
                {format.time(alert.timestamp)} {alert.details.rule_name ?? alert.alert_type} · {alert.message} ·{' '}
                {t.status[alert.status]}
                {alert.acknowledged_by ? ` (${alert.acknowledged_by})` : ''}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Changes({ times }: { readonly times: ShiftTimes }) {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall('camera-config.revisions', { limit: 100 }, { topic: 'config' });
  const { data: rollout } = useCall('rollout.overview', {}, { topic: 'rollout' });
  const shown = (query.data?.revisions ?? []).filter(({ at }) => isWithin(times, at));
  const moved = (rollout?.groups ?? []).filter(({ entered_at: at }) => isWithin(times, at));
  return (
    <section>
      <h2>{t.changes}</h2>
      {shown.length + moved.length === 0 ? <p className={layout.muted}>{t.noChanges}</p> : null}
      <ul className={css.lines}>
        {shown.slice(0, 15).map((revision) => (
          <li key={revision.number}>
            {format.time(revision.at)} {t.revision(revision.number)} · {revision.cameras.slice(0, 6).join(', ')}{' '}
            {revision.author ? `· ${revision.author}` : ''}
          </li>
        ))}
        {moved.map((group) => (
          <li key={group.group}>
            {group.entered_at ? format.time(group.entered_at) : ''} {t.rollout} {group.group}: {group.effective_percent}{' '}
            %
          </li>
        ))}
      </ul>
    </section>
  );
}

function ShiftChoice({ times, now }: { readonly times: ShiftTimes; readonly now: ShiftTimes }) {
  const t = useWords(words);
  const format = useFormat();
  const navigate = route.useNavigate();
  const choices = [now, before(now), before(before(now))];
  return (
    <Segments
      label={t.shift}
      value={String(times.from)}
      options={choices.map(
        ({ from, to }) =>
          [String(from), `${format.moment(from).replace(/:00$/, '')} – ${format.time(to).slice(0, 5)}`] as const,
      )}
      onChange={(from) => {
        const chosen = choices.find((each) => String(each.from) === from);
        if (chosen)
          void navigate({
            search: { from: new Date(chosen.from).toISOString(), to: new Date(chosen.to).toISOString() },
            replace: true,
          });
      }}
    />
  );
}

/** What one shift hands over to the next: one page, on paper or on the screen. */
export function Shift() {
  const t = useWords(words);
  const format = useFormat();
  const zone = useZone();
  const { data: me } = useMe();
  const { from, to } = route.useSearch();
  const now = shiftAt(serverNow(), zone);
  const times = from !== undefined && to !== undefined ? { from: Date.parse(from), to: Date.parse(to) } : now;
  return (
    <Page
      title={<span className={css.noPrint}>{t.title}</span>}
      actions={
        <span className={`${layout.row} ${css.noPrint}`}>
          <ShiftChoice times={times} now={now} />
          <Button onPress={() => window.print()}>{t.print}</Button>
        </span>
      }
    >
      <article className={css.sheet}>
        <div>
          <h2>
            {me?.site.name} · {t.title}
          </h2>
          <p>
            {format.full(times.from)} – {format.full(times.to)} {format.offset(times.from)}{' '}
            <span className={layout.muted}>· {t.madeAt(format.moment(serverNow()))}</span>
          </p>
        </div>
        <Violations times={times} />
        <Problems />
        <AlertLines times={times} />
        <Changes times={times} />
        <div className={css.sign}>
          <span>{t.sign}</span>
          <span>{t.taken}</span>
        </div>
      </article>
    </Page>
  );
}
