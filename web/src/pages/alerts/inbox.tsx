import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Alert } from '../../api/generated';
import { useCall, useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field, Select } from '../../ui/field';
import { useKeys } from '../../ui/keys';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { Age, type Severity, shapeOf, toneOf } from '../../ui/state';
import css from './alerts.module.css';
import { words } from './words';

const route = getRouteApi('/alerts');
const STATUSES = ['open', 'acknowledged', 'resolved'] as const;
const PRIORITIES: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'normal',
};
const PAGE = 100;
const MOST = 1_000;

/** Alerts that are acknowledged at once, as many as the service takes. */
const MOST_AT_ONCE = 200;

type Step = 'acknowledge' | 'resolve';

function Item({
  alert,
  isCurrent,
  onStep,
}: {
  readonly alert: Alert;
  readonly isCurrent: boolean;
  readonly onStep: (step: Step) => void;
}) {
  const t = useWords(words);
  const { details, status } = alert;
  const severity =
    status === 'open' && details.kind !== 'recovery'
      ? (PRIORITIES[details.priority ?? 'medium'] ?? 'medium')
      : 'normal';
  const blocked = useBlocked('alert-handling.acknowledge');
  return (
    <li className={css.item} data-current={isCurrent}>
      <span className={toneOf(severity)} aria-hidden="true">
        {shapeOf(severity)}
      </span>
      <ItemText alert={alert} />
      <span className={layout.row}>
        {status === 'open' ? (
          <Button blocked={blocked} hotkey={isCurrent ? 'A' : ''} onPress={() => onStep('acknowledge')}>
            {t.acknowledge}
          </Button>
        ) : null}
        {status === 'resolved' ? null : (
          <Button blocked={blocked} kind="quiet" onPress={() => onStep('resolve')}>
            {t.resolve}
          </Button>
        )}
      </span>
    </li>
  );
}

function ItemText({ alert }: { readonly alert: Alert }) {
  const t = useWords(words);
  const { details, status } = alert;
  const priority = details.priority as keyof typeof t.priority | undefined;
  const kind = details.kind as keyof typeof t.kind | undefined;
  const who = status === 'resolved' ? alert.resolved_by : alert.acknowledged_by;
  return (
    <div>
      <p>
        <b>{details.rule_name ?? alert.alert_type}</b> · {alert.camera_id === '*' ? t.site : alert.camera_id}
        {priority && priority in t.priority ? ` · ${t.priority[priority]}` : ''}
        {kind && kind !== 'alert' && kind in t.kind ? ` · ${t.kind[kind]}` : ''}
      </p>
      <p>{alert.message}</p>
      <p className={`${layout.muted} ${layout.small}`}>
        <Age at={alert.timestamp} /> · {status === 'open' || !who ? t.status[status] : t.by(who, t.status[status])}
        {alert.note ? ` · “${alert.note}”` : ''}
      </p>
    </div>
  );
}

interface Handled {
  readonly alert: Alert;
  readonly step: Step;
}

/** The alerts of the filter, and the one under the cursor, which the address names. */
function useInbox(onAcknowledge: (alert: Alert) => void) {
  const { status, id } = route.useSearch();
  const navigate = route.useNavigate();
  const [limit, setLimit] = useState(PAGE);
  const wanted = STATUSES.find((each) => each === status);
  const query = useCall(
    'alerts.history',
    { limit, ...(wanted ? { status: wanted } : {}) },
    { topic: 'alerts', keep: true },
  );
  const shown = query.data?.items ?? [];
  const at = Math.max(
    0,
    shown.findIndex((alert) => alert.id === id),
  );
  const current = shown[at];
  const move = (by: number) => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next) void navigate({ search: (old) => ({ ...old, id: next.id }), replace: true });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => (current?.status === 'open' ? onAcknowledge(current) : undefined),
  });
  const more = limit < (query.data?.total ?? 0) && limit < MOST ? () => setLimit(limit + PAGE) : undefined;
  return { query, shown, current, more };
}

interface InboxActionsProps {
  readonly shown: readonly Alert[];
  readonly onMany: (alerts: readonly Alert[]) => void;
}

/** Which alerts are shown, and all open ones of them at once. */
function InboxActions({ shown, onMany }: InboxActionsProps) {
  const t = useWords(words);
  const { status } = route.useSearch();
  const navigate = route.useNavigate();
  const blocked = useBlocked('alert-handling.acknowledgeMany');
  const untouched = shown.filter((alert) => alert.status === 'open').slice(0, MOST_AT_ONCE);
  return (
    <>
      {untouched.length > 1 ? (
        <Button kind="quiet" blocked={blocked} onPress={() => onMany(untouched)}>
          {t.acknowledgeShown(untouched.length)}
        </Button>
      ) : null}
      <Select
        label={t.statusFilter}
        value={status ?? ''}
        options={[['', t.all], ...STATUSES.map((each) => [each, t.status[each]] as const)]}
        onChange={(next) => void navigate({ search: { status: next || undefined }, replace: true })}
      />
    </>
  );
}

/** What was found, newest first; `A` takes the one under the cursor. */
export function Inbox() {
  const t = useWords(words);
  const format = useFormat();
  const [open, setOpen] = useState<Handled>();
  const [many, setMany] = useState<readonly Alert[]>();
  const { query, shown, current, more } = useInbox((alert) => setOpen({ alert, step: 'acknowledge' }));
  return (
    <Panel title={t.tabs.inbox} actions={<InboxActions shown={shown} onMany={setMany} />} flush>
      <Loaded query={query} height={300} isEmpty={() => shown.length === 0} empty={t.none}>
        {({ total }) => (
          <>
            <ul>
              {shown.map((alert) => (
                <Item
                  key={alert.id}
                  alert={alert}
                  isCurrent={alert.id === current?.id}
                  onStep={(step) => setOpen({ alert, step })}
                />
              ))}
            </ul>
            <div className={layout.row} style={{ padding: 12 }}>
              <span className={layout.muted}>{t.shown(format.number(shown.length), format.number(total))}</span>
              {more ? <Button onPress={more}>{t.more}</Button> : null}
            </div>
          </>
        )}
      </Loaded>
      {open ? <HandleDialog {...open} onClose={() => setOpen(undefined)} /> : null}
      {many ? <ManyDialog alerts={many} onClose={() => setMany(undefined)} /> : null}
    </Panel>
  );
}

function HandleDialog({
  alert,
  step,
  onClose,
}: {
  readonly alert: Alert;
  readonly step: Step;
  readonly onClose: () => void;
}) {
  const t = useWords(words);
  const [note, setNote] = useState('');
  const [acknowledge, resolve] = [
    useChange('alert-handling.acknowledge', ['alerts']),
    useChange('alert-handling.resolve', ['alerts']),
  ];
  const change = step === 'acknowledge' ? acknowledge : resolve;
  return (
    <Dialog title={`${t[step]}: ${alert.details.rule_name ?? alert.alert_type}`} onClose={onClose}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ alert_id: alert.id, body: note.trim() ? { note: note.trim() } : {} }, { onSuccess: onClose });
        }}
      >
        <p>{alert.message}</p>
        <Field label={t.note} value={note} onChange={setNote} autoFocus />
        {change.error ? <ProblemNote error={change.error} /> : null}
        <div className={kit.actions}>
          <Button type="submit" kind="primary" hotkey="Enter" isPending={change.isPending}>
            {t[step]}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** One note for many; what could not be acknowledged is named, each with its reason. */
function ManyDialog({ alerts, onClose }: { readonly alerts: readonly Alert[]; readonly onClose: () => void }) {
  const t = useWords(words);
  const [note, setNote] = useState('');
  const change = useChange('alert-handling.acknowledgeMany', ['alerts']);
  const failed = (change.data?.results ?? []).filter(({ ok }) => !ok);
  const submit = () =>
    change.mutate(
      { body: { alert_ids: alerts.map(({ id }) => id), ...(note.trim() ? { note: note.trim() } : {}) } },
      { onSuccess: ({ ok }) => (ok ? onClose() : undefined) },
    );
  return (
    <Dialog title={t.acknowledgeMany(alerts.length)} onClose={onClose}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t.note} value={note} onChange={setNote} autoFocus />
        {change.error ? <ProblemNote error={change.error} /> : null}
        {failed.length > 0 ? (
          <div role="alert">
            <p>{t.notAcknowledged(failed.length)}</p>
            <ul>
              {failed.map(({ id, detail }) => (
                <li key={id}>{detail}</li>
              ))}
            </ul>
          </div>
        ) : null}
        <div className={kit.actions}>
          <Button type="submit" kind="primary" hotkey="Enter" isPending={change.isPending}>
            {t.acknowledge}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
