import { Link, useNavigate } from '@tanstack/react-router';
import { memo, useCallback } from 'react';
import { serverNow } from '../../api/clock';
import type { Series } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMissingText } from '../../i18n/evidence-words';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { bySeverity, isProblem, severityOf, useCameraStates } from '../../live/cameras';
import layout from '../../ui/layout.module.css';
import kit from '../../ui/kit.module.css';
import { Empty, Page, Panel, Skeleton } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { type Severity, State, shapeOf, toneOf } from '../../ui/state';
import { words as common } from '../../ui/words';
import { useNeeds } from './needs';
import css from './now.module.css';
import { words } from './words';

const QUIET_HEIGHT = 58;

function Needs() {
  const t = useWords(words);
  const { needs, isComplete } = useNeeds();
  if (needs.length === 0)
    return (
      <Panel flush>
        {isComplete ? (
          <p className={css.quiet}>
            <State of="normal">{t.quiet}</State>
          </p>
        ) : (
          <Skeleton height={QUIET_HEIGHT} />
        )}
      </Panel>
    );
  return (
    <Panel title={t.needYou(needs.length)} flush>
      <ul className={css.list}>
        {needs.map(({ key, severity, what, detail, action }) => (
          <li key={key}>
            <span className={toneOf(severity)} aria-hidden="true">
              {shapeOf(severity)}
            </span>
            <span className={css.what}>
              <SeverityWord of={severity} />
              {what}
            </span>
            <span className={css.detail}>{detail}</span>
            {action}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function SeverityWord({ of }: { readonly of: Severity }) {
  const t = useWords(common);
  return <span className={kit.hidden}>{t.severity[of]}: </span>;
}

const MOST_DOTS = 400;

interface DotProps {
  readonly id: string;
  readonly state: string;
  readonly severity: Severity;
  readonly onOpen: (id: string) => void;
}

/** A plain link: hundreds of them that each follow the router would make the page slow to come. */
const Dot = memo(({ id, state, severity, onOpen }: DotProps) => (
  <a
    href={`/cameras/${encodeURIComponent(id)}`}
    className={`${css.dot} ${toneOf(severity)}`}
    title={`${id}: ${state}`}
    aria-label={`${id}: ${state}`}
    onClick={(event) => {
      // With a key held the browser opens it elsewhere.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onOpen(id);
    }}
  >
    {shapeOf(severity)}
  </a>
));

function CameraDots() {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const format = useFormat();
  const { cameras, error, refetch } = useCameraStates();
  const navigate = useNavigate();
  const open = useCallback((id: string) => void navigate({ to: '/cameras/$id', params: { id } }), [navigate]);
  if (!cameras) return error ? <ProblemNote error={error} retry={() => void refetch()} /> : <Skeleton height={60} />;
  if (cameras.length === 0)
    return (
      <Empty>
        {t.noCameras} <Link to="/cameras/new">{t.addCamera}</Link>
      </Empty>
    );
  const running = cameras.filter(({ state }) => state === 'running').length;
  const failing = cameras.filter(isProblem).length;
  const stopped = cameras.filter((camera) => severityOf(camera) === 'stopped').length;
  return (
    <>
      <div className={css.dots}>
        {[...cameras]
          .sort(bySeverity)
          .slice(0, MOST_DOTS)
          .map((camera) => (
            <Dot
              key={camera.id}
              id={camera.id}
              state={tc.state[camera.state]}
              severity={severityOf(camera)}
              onOpen={open}
            />
          ))}
      </div>
      <p className={layout.row}>
        <Link to="/cameras">{t.camerasLine(format.number(cameras.length), format.number(running))}</Link>
        {failing > 0 ? <State of="critical">{t.failing(format.number(failing))}</State> : null}
        {stopped > 0 ? <State of="stopped">{t.stopped(format.number(stopped))}</State> : null}
      </p>
    </>
  );
}

const HOURS = 12;
const HOUR_MS = 3_600_000;

const WEEK_MS = 168 * HOUR_MS;

const sumOf = (series: Series) =>
  series.series.reduce((all, { points }) => all + points.reduce((sum, p) => sum + p.count, 0), 0);

/** The violations of each hour, and how many there were a week ago: a glance whether this night is as others. */
function ViolationBars() {
  const t = useWords(words);
  const format = useFormat();
  const end = Math.ceil(serverNow() / HOUR_MS) * HOUR_MS;
  const input = (to: number) => ({
    metric: 'violations' as const,
    bucket: '1h' as const,
    by: 'none' as const,
    from: new Date(to - HOURS * HOUR_MS).toISOString(),
    to: new Date(to).toISOString(),
  });
  const query = useCall('statistics.series', input(end), { topic: 'violations', keep: true });
  const before = useCall('statistics.series', input(end - WEEK_MS), { keep: true });
  return (
    <Loaded query={query} height={84}>
      {(series) => {
        const counts = Array.from({ length: HOURS }, (_, i) => {
          const at = end - (HOURS - i) * HOUR_MS;
          return (series.series[0]?.points ?? []).find((point) => Date.parse(point.at) === at)?.count ?? 0;
        });
        const most = Math.max(1, ...counts);
        return (
          <>
            <div className={css.bars} role="img" aria-label={counts.join(', ')}>
              {counts.map((count, i) => (
                <i
                  key={i}
                  style={{ height: `${(count / most) * 100}%` }}
                  title={`${format.time(end - (HOURS - i) * HOUR_MS)}: ${count}`}
                />
              ))}
            </div>
            <div className={css.axis}>
              <span>{format.time(end - HOURS * HOUR_MS).slice(0, 5)}</span>
              <span>
                <b>{format.number(sumOf(series))}</b>
                {before.data ? ` (${t.lastWeek(format.number(sumOf(before.data)))})` : ''}
              </span>
              <span>{format.time(serverNow()).slice(0, 5)}</span>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

function RolloutLines() {
  const t = useWords(words);
  const format = useFormat();
  const { textOf } = useMissingText();
  const query = useCall('rollout.overview', {}, { topic: 'rollout' });
  return (
    <Loaded query={query} height={60}>
      {({ groups, instances }) => {
        const moving = groups.filter(({ status }) => status !== 'complete');
        return (
          <>
            {moving.length === 0 ? <p className={layout.muted}>{t.allOnDomain}</p> : null}
            <div className={css.groups}>
              {moving.slice(0, 6).map((group) => {
                const missing = group.verdict?.missing[0];
                const eta = missing?.etaMs ? ` (${format.duration(missing.etaMs)})` : '';
                return (
                  <Link key={group.group} to="/rollout" search={{ group: group.group }} style={{ display: 'contents' }}>
                    <span>{group.group}</span>
                    <span>{group.effective_percent} %</span>
                    <span className={layout.muted}>
                      {missing ? `${t.holds} ${textOf(missing)}${eta}` : group.status}
                    </span>
                  </Link>
                );
              })}
            </div>
            <p className={`${layout.muted} ${layout.small}`}>
              {t.instances(instances.filter(({ confirmed }) => confirmed).length, instances.length)}
            </p>
          </>
        );
      }}
    </Loaded>
  );
}

function RecentEvents() {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall('events.recent', { limit: 8, minutes: 60 }, { topic: 'events', everyMs: 10_000 });
  return (
    <Loaded query={query} height={120} isEmpty={(events) => events.length === 0} empty={t.none}>
      {(events) => (
        <ul className={css.events}>
          {events.slice(0, 8).map((event) => (
            <li key={event.id}>
              <time>{format.time(event.ts * 1_000)}</time>
              <span className={layout.cut}>
                {event.type} · {event.camera_id}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

/** What a shift leader opens: what needs somebody, since when, and one thing to do about it. */
export function Now() {
  const t = useWords(words);
  return (
    <Page title={t.title}>
      <Needs />
      <Panel title={t.cameras}>
        <CameraDots />
      </Panel>
      <div className={layout.three}>
        <Panel title={t.violations} actions={<span className={layout.muted}>{t.perHour}</span>}>
          <ViolationBars />
        </Panel>
        <Panel title={t.rollout} actions={<Link to="/rollout">{t.showAll}</Link>}>
          <RolloutLines />
        </Panel>
        <Panel title={t.recent} actions={<Link to="/events">{t.showAll}</Link>}>
          <RecentEvents />
        </Panel>
      </div>
    </Page>
  );
}
