import { useIsFetching } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useBlocked } from '../../api/allowed';
import { useCall, useChange } from '../../api/queries';
import { partsOf } from '../../api/health';
import { useFormat } from '../../i18n/format';
import { partWords } from '../../i18n/part-words';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { bySeverity, isProblem, pictureLate, severityOf, useCameraStates } from '../../live/cameras';
import { useKnownNow } from '../../live/connection';
import type { LiveCamera } from '../../live/topics';
import { Button } from '../../ui/button';
import kit from '../../ui/kit.module.css';
import { Age, Lasting, type Severity } from '../../ui/state';
import { useFaultText } from '../../ui/problem';
import { words } from './words';

interface Need {
  readonly key: string;
  readonly severity: Severity;
  readonly what: ReactNode;
  readonly detail: ReactNode;
  readonly action: ReactNode;
}

const MOST_CAMERAS = 6;

function StartButton({ id }: { readonly id: string }) {
  const t = useWords(cameraWords);
  const start = useChange('camera-control.start', ['camera-control', 'cameras']);
  const blocked = useBlocked('camera-control.start');
  return (
    <Button blocked={blocked} isPending={start.isPending} onPress={() => start.mutate({ camera_id: id })}>
      {t.start}
    </Button>
  );
}

function useCameraNeeds(): readonly Need[] {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const format = useFormat();
  const now = useKnownNow();
  const { cameras = [] } = useCameraStates();
  const of = (camera: LiveCamera): Need => {
    const late = pictureLate(camera, now);
    return {
      key: `camera-${camera.id}`,
      severity: isProblem(camera) ? severityOf(camera) : 'critical',
      what: (
        <Link to="/cameras/$id" params={{ id: camera.id }}>
          {camera.id}
        </Link>
      ),
      detail: (
        <>
          {late === undefined ? tc.state[camera.state] : tc.late(format.duration(late))}
          {camera.since === null || late !== undefined ? null : (
            <>
              {' '}
              {t.forHow} <Lasting since={camera.since} />
            </>
          )}
          {' · '}
          {camera.reason === null ? t.noReason : tc.reasonText(camera.reason)}
          {camera.next_try_at === null ? null : ` · ${t.nextTry(format.time(camera.next_try_at))}`}
        </>
      ),
      action: <StartButton id={camera.id} />,
    };
  };
  const bad = cameras.filter((camera) => isProblem(camera) || pictureLate(camera, now) !== undefined).sort(bySeverity);
  const rest = bad.length - MOST_CAMERAS;
  const more: Need = {
    key: 'cameras',
    severity: 'critical',
    what: t.moreThings(rest),
    detail: t.cameras,
    action: (
      <Link className={kit.button} to="/cameras" search={{ state: 'problem' }}>
        {t.open}
      </Link>
    ),
  };
  return [...bad.slice(0, MOST_CAMERAS).map(of), ...(rest > 0 ? [more] : [])];
}

function usePending(): readonly Need[] {
  const t = useWords(words);
  const format = useFormat();
  const { data } = useCall(
    'records.violations',
    { status: 'pending', order: 'oldest', limit: 50 },
    { topic: 'violations' },
  );
  const newest = data?.violations[0];
  if (!data || !newest) return [];
  const alike = data.violations.filter(
    (v) => v.camera_id === newest.camera_id && v.violation_type === newest.violation_type,
  );
  return [
    {
      key: 'violations',
      severity: 'high',
      what: data.total === 1 ? t.onePending : t.pending(format.number(data.total)),
      detail: (
        <>
          {t.oldest} <Age at={newest.timestamp} />
          {data.total > 1
            ? ` · ${t.mostly(alike.length, newest.violation_type, newest.camera_id)}`
            : ` · ${newest.violation_type} · ${newest.camera_id}`}
        </>
      ),
      action: (
        <Link className={`${kit.button} ${kit.primary}`} to="/violations">
          {t.review}
        </Link>
      ),
    },
  ];
}

function useConfigNeeds(): readonly Need[] {
  const faultText = useFaultText();
  const t = useWords(words);
  const { data } = useCall('camera-config.status', {}, { topic: 'config' });
  const fault = data?.faults.find(({ severity }) => severity === 'error') ?? data?.quarantined[0]?.faults[0];
  if (!data || (!fault && data.state === 'in_sync')) return [];
  const quarantined = data.quarantined.length > 0 ? ` · ${t.quarantined(data.quarantined.length)}` : '';
  return [
    {
      key: 'config',
      severity: 'medium',
      what: fault ? t.fault(fault.line) : t.configStale,
      detail: `${fault ? `${faultText(fault)} · ` : ''}${t.running(data.revision)}${quarantined}`,
      action: (
        <Link className={kit.button} to="/config">
          {t.fix}
        </Link>
      ),
    },
  ];
}

const PRIORITY: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'medium',
};
const MOST_ALERTS = 4;

function AcknowledgeButton({ id }: { readonly id: number }) {
  const t = useWords(words);
  const acknowledge = useChange('alert-handling.acknowledge', ['alerts']);
  const blocked = useBlocked('alert-handling.acknowledge');
  return (
    <Button
      blocked={blocked}
      isPending={acknowledge.isPending}
      onPress={() => acknowledge.mutate({ alert_id: id, body: {} })}
    >
      {t.acknowledge}
    </Button>
  );
}

function useAlertNeeds(): readonly Need[] {
  const t = useWords(words);
  const { data } = useCall('alerts.history', { status: 'open', limit: 50 }, { topic: 'alerts' });
  const open = (data?.items ?? []).filter(({ status }) => status === 'open');
  const needs = open.slice(0, MOST_ALERTS).map(
    (alert): Need => ({
      key: `alert-${alert.id}`,
      severity: PRIORITY[alert.details.priority ?? 'medium'] ?? 'medium',
      what: (
        <Link to="/alerts" search={{ id: alert.id }}>
          {alert.details.rule_name ?? alert.alert_type}
        </Link>
      ),
      detail: (
        <>
          {alert.message ?? alert.alert_type} · <Age at={alert.timestamp} />
        </>
      ),
      action: <AcknowledgeButton id={alert.id} />,
    }),
  );
  const rest = open.length - MOST_ALERTS;
  if (rest <= 0) return needs;
  const all = (
    <Link className={kit.button} to="/alerts">
      {t.open}
    </Link>
  );
  return [
    ...needs,
    { key: 'alerts', severity: 'medium', what: t.moreThings(rest), detail: t.openAlerts(open.length), action: all },
  ];
}

/** They cannot be judged without the database: that it is away is said once. */
const OF_THE_DATABASE: ReadonlySet<string> = new Set([
  'domain_services',
  'camera_data_consistency',
  'configuration',
  'workers',
  'rollout',
  'alerts',
]);

function useSystemNeeds(): readonly Need[] {
  const t = useWords(words);
  const tp = useWords(partWords);
  const { data: health } = useCall('monitoring.health', {}, { topic: 'health', everyMs: 15_000 });
  const { data: rollout } = useCall('rollout.overview', {}, { topic: 'rollout' });
  const link = (to: '/system' | '/rollout') => (
    <Link className={kit.button} to={to}>
      {t.open}
    </Link>
  );
  const ill = health ? partsOf(health).filter(({ state }) => state !== 'ok') : [];
  const isDatabaseAway = ill.some(({ part, state }) => part === 'database' && state === 'error');
  const parts = isDatabaseAway ? ill.filter(({ part }) => !OF_THE_DATABASE.has(part)) : ill;
  const groups = (rollout?.groups ?? []).filter(
    (g) => g.attention !== null || g.status === 'rolled_back' || g.status === 'frozen',
  );
  return [
    ...parts.map(
      ({ part, state, error }): Need => ({
        key: `part-${part}`,
        severity: state === 'error' ? 'critical' : 'medium',
        what: t.part(tp.part[part] ?? part),
        detail: error ?? tp.state[state],
        action: link('/system'),
      }),
    ),
    ...(rollout?.killed
      ? [{ key: 'kill', severity: 'high', what: t.killed, detail: '', action: link('/rollout') } as const]
      : []),
    ...groups.map(
      (group): Need => ({
        key: `group-${group.group}`,
        severity: 'medium',
        what: group.status === 'rolled_back' ? t.rolledBack(group.group) : t.attention(group.group),
        detail: group.trip_reason ?? group.attention ?? group.effective_why,
        action: link('/rollout'),
      }),
    ),
  ];
}

const RANKED: readonly Severity[] = ['critical', 'high', 'medium', 'starting', 'normal', 'stopped'];

interface Needs {
  readonly needs: readonly Need[];
  /** Whether all that could need somebody has been looked at: before, that there is nothing means nothing. */
  readonly isComplete: boolean;
}

/** All that waits for somebody, the worst first. */
export function useNeeds(): Needs {
  const { cameras, error } = useCameraStates();
  const areAsked = useIsFetching({ predicate: ({ state }) => state.status === 'pending' }) > 0;
  const needs = [...useCameraNeeds(), ...usePending(), ...useAlertNeeds(), ...useConfigNeeds(), ...useSystemNeeds()];
  return {
    needs: needs.sort((a, b) => RANKED.indexOf(a.severity) - RANKED.indexOf(b.severity)),
    isComplete: !areAsked && (cameras !== undefined || Boolean(error)),
  };
}
