import { Link, getRouteApi } from '@tanstack/react-router';
import { lazy } from 'react';
import { useBlocked } from '../../api/allowed';
import { isProblem } from '../../api/problem';
import { useCall, useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { severityOf, useCameraState } from '../../live/cameras';
import { Button } from '../../ui/button';
import { useKeys } from '../../ui/keys';
import kit from '../../ui/kit.module.css';
import { EXACT } from '../../ui/links';
import layout from '../../ui/layout.module.css';
import { Empty, Note, Page, Skeleton } from '../../ui/panel';
import { ProblemNote, useProblemText } from '../../ui/problem';
import { Lasting, State } from '../../ui/state';
import { say } from '../../ui/toast';
import { LiveTab } from './live-tab';
import { words } from './words';

const SettingsTab = lazy(async () => ({ default: (await import('./settings-tab')).SettingsTab }));
const HistoryTab = lazy(async () => ({ default: (await import('./history-tab')).HistoryTab }));
const LogTab = lazy(async () => ({ default: (await import('./log-tab')).LogTab }));
const EventsTab = lazy(async () => ({ default: (await import('./events-tab')).EventsTab }));

const route = getRouteApi('/cameras/$id');
const TABS = { live: LiveTab, settings: SettingsTab, history: HistoryTab, log: LogTab, events: EventsTab } as const;
const NAMES = ['live', 'settings', 'history', 'log', 'events'] as const;

function Controls({ id, isRunning }: { readonly id: string; readonly isRunning: boolean }) {
  const t = useWords(cameraWords);
  const textOf = useProblemText();
  const blocked = useBlocked('camera-control.start');
  const changed = ['camera', 'cameras'];
  const [start, stop, restart] = [
    useChange('camera-control.start', changed),
    useChange('camera-control.stop', changed),
    useChange('camera-control.restart', changed),
  ];
  const run = (change: typeof start | typeof stop, text: string) => () => {
    if (blocked === undefined)
      change.mutate(
        { camera_id: id },
        { onSuccess: () => say(text), onError: (error) => say(textOf(error), 'critical') },
      );
  };
  const [starting, stopping, restarting] = [
    run(start, t.started(id)),
    run(stop, t.stopped(id)),
    run(restart, t.started(id)),
  ];
  useKeys({
    s: () => (isRunning ? undefined : starting()),
    t: () => (isRunning ? stopping() : undefined),
    r: restarting,
  });
  return (
    <span className={layout.row}>
      {isRunning ? (
        <Button onPress={stopping} hotkey="T" blocked={blocked} isPending={stop.isPending}>
          {t.stop}
        </Button>
      ) : (
        <Button onPress={starting} hotkey="S" kind="primary" blocked={blocked} isPending={start.isPending}>
          {t.start}
        </Button>
      )}
      <Button onPress={restarting} hotkey="R" blocked={blocked} isPending={restart.isPending}>
        {t.restart}
      </Button>
    </span>
  );
}

function StateLine({ id }: { readonly id: string }) {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const format = useFormat();
  const camera = useCameraState(id);
  if (!camera) return <Skeleton height={22} />;
  return (
    <>
      <div className={layout.row}>
        <State of={severityOf(camera)}>{tc.state[camera.state]}</State>
        {camera.since === null ? null : <Lasting since={camera.since} />}
        {camera.fps === null ? null : (
          <span>{tc.fps(format.number(camera.fps, 1), format.number(camera.expected_fps ?? 0))}</span>
        )}
        <span className={layout.muted}>{t.wanted[camera.wanted]}</span>
        {!camera.pid ? null : <span className={layout.muted}>{t.pid(camera.pid)}</span>}
        {camera.restarts > 0 ? <span className={layout.muted}>{t.restarts(camera.restarts)}</span> : null}
      </div>
      {camera.reason ? (
        <Note tone={severityOf(camera) === 'critical' ? 'critical' : 'medium'}>
          <b>{t.reason}</b>
          <span>{tc.reasonText(camera.reason)}</span>
        </Note>
      ) : null}
    </>
  );
}

export function CameraPage() {
  const t = useWords(words);
  const { id } = route.useParams();
  const { tab = 'live' } = route.useSearch();
  const camera = useCall('cameras.get', { camera_id: id }, { topic: 'cameras' });
  const state = useCameraState(id);
  const Tab = TABS[tab];
  if (isProblem(camera.error, 404))
    return (
      <Page title={id}>
        <Empty>
          {t.noSuch(id)} <Link to="/cameras">{t.toList}</Link>
        </Empty>
      </Page>
    );
  const name = camera.data && camera.data.name !== id ? camera.data.name : '';
  return (
    <Page
      title={
        <>
          {id} <span className={layout.muted}>{name}</span>
        </>
      }
      actions={<Controls id={id} isRunning={state?.wanted === 'running'} />}
    >
      {camera.error ? <ProblemNote error={camera.error} retry={() => void camera.refetch()} /> : null}
      <StateLine id={id} />
      <nav className={kit.tabs} aria-label={id}>
        {NAMES.map((each) => (
          <Link
            key={each}
            className={kit.tab}
            activeOptions={EXACT}
            to="/cameras/$id"
            params={{ id }}
            search={{ tab: each === 'live' ? undefined : each }}
            aria-current={each === tab ? 'page' : undefined}
            replace
          >
            {t.tabs[each]}
          </Link>
        ))}
      </nav>
      <Tab id={id} />
    </Page>
  );
}
