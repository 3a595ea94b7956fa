import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { AlertRule, Trial } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useCall, useChange } from '../../api/queries';
import { serverNow } from '../../api/clock';
import { useZone } from '../../api/zone';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Segments } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { Empty, Page, Panel } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { RemoveButton } from '../../ui/remove-button';
import { useRested } from '../../ui/rested';
import { say } from '../../ui/toast';
import css from './alerts.module.css';
import { NEW_RULE, type RuleDraft, draftOf, ruleOf, silenced, silentUntil } from './rule-draft';
import { RuleForm } from './rule-form';
import { words } from './words';

const route = getRouteApi('/alerts/rules/$id');

function RuleEditor({ rule }: { readonly rule?: AlertRule }) {
  const t = useWords(words);
  const zone = useZone();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => (rule ? draftOf(rule) : NEW_RULE));
  const [create, update] = [
    useChange('alerts.create', ['alerts']),
    useChange('alerts.update', ['alerts', 'alert-handling']),
  ];
  const blocked = useBlocked('alerts.create');
  const error = create.error ?? update.error;
  const submit = () => {
    const body = ruleOf(draft, zone);
    if (rule) return update.mutate({ rule_id: rule.id, body }, { onSuccess: () => say(t.saved) });
    return create.mutate(
      { body },
      { onSuccess: ({ id }) => void navigate({ to: '/alerts/rules/$id', params: { id: String(id) }, replace: true }) },
    );
  };
  return (
    <div className={layout.two}>
      <Panel>
        <form
          className={layout.stack}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <RuleForm draft={draft} onChange={setDraft} faults={isProblem(error) ? error.faults : []} />
          {error ? <ProblemNote error={error} /> : null}
          <div className={layout.row}>
            <Button type="submit" kind="primary" blocked={blocked} isPending={create.isPending || update.isPending}>
              {rule ? t.save : t.create}
            </Button>
            {rule ? <Silence rule={rule} /> : null}
            {rule ? <RemoveRule rule={rule} /> : null}
          </div>
        </form>
      </Panel>
      <WouldTell draft={draft} />
    </div>
  );
}

const SILENCES = [1, 4, 12] as const;

/** For work on the line: no alert for some hours, and then again without anybody having to think of it. */
function Silence({ rule }: { readonly rule: AlertRule }) {
  const t = useWords(words);
  const format = useFormat();
  const update = useChange('alerts.update', ['alerts', 'alert-handling']);
  const blocked = useBlocked('alerts.update');
  const until = silentUntil(rule, serverNow());
  const set = (hours: number) =>
    update.mutate(
      { rule_id: rule.id, body: { conditions: silenced(rule, hours, serverNow()) } },
      { onSuccess: () => say(hours > 0 ? t.silenced : t.speaksAgain) },
    );
  if (until !== undefined)
    return (
      <>
        <span className={layout.muted}>{t.silentUntil(format.moment(until))}</span>
        <Button blocked={blocked} isPending={update.isPending} onPress={() => set(0)}>
          {t.speakAgain}
        </Button>
      </>
    );
  return (
    <>
      {SILENCES.map((hours) => (
        <Button key={hours} kind="quiet" blocked={blocked} isPending={update.isPending} onPress={() => set(hours)}>
          {t.silence(hours)}
        </Button>
      ))}
      {update.error ? <ProblemNote error={update.error} /> : null}
    </>
  );
}

function RemoveRule({ rule }: { readonly rule: AlertRule }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const remove = useChange('alerts.remove', ['alerts']);
  const onSuccess = () => void navigate({ to: '/alerts', search: { tab: 'rules' } });
  return (
    <RemoveButton
      action={t.remove}
      title={t.removeTitle(rule.name)}
      text={t.removeText}
      blocked={useBlocked('alerts.remove')}
      removal={remove}
      onRemove={() => remove.mutate({ rule_id: rule.id }, { onSuccess })}
    />
  );
}

const HOURS = { '24': 24, '72': 72, '168': 168 } as const;

/** What the rule as it is typed would have said of the last night: nothing is stored or sent for it. */
function WouldTell({ draft }: { readonly draft: RuleDraft }) {
  const t = useWords(words);
  const format = useFormat();
  const zone = useZone();
  const [hours, setHours] = useState<keyof typeof HOURS>('24');
  const rule = useRested(draft);
  const body = { ...ruleOf({ ...rule, name: rule.name || t.newRule }, zone), hours: HOURS[hours] };
  const query = useCall('alert-handling.tryOut', { body }, { topic: 'alerts', keep: true });
  return (
    <Panel
      title={query.isError ? t.cannotTell : t.wouldTell(query.data?.total ?? 0, HOURS[hours])}
      actions={
        <Segments
          label={t.hours}
          value={hours}
          options={[
            ['24', '24 h'],
            ['72', '3 d'],
            ['168', '7 d'],
          ]}
          onChange={setHours}
        />
      }
    >
      <Loaded query={query} height={140}>
        {(run) => (
          <>
            <Marks run={run} />
            <p className={`${layout.muted} ${layout.small}`}>{t.events(format.number(run.events))}</p>
            {run.alerts.length === 0 ? <p>{t.neverHadTold}</p> : null}
            <ul className={layout.stack} style={{ gap: 4, marginTop: 8 }}>
              {run.alerts.slice(0, 30).map((alert, i) => (
                <li key={i}>
                  <span className={layout.muted}>{format.moment(alert.timestamp)}</span> {alert.message}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Marks({ run }: { readonly run: Trial }) {
  const format = useFormat();
  const [from, to] = [Date.parse(run.from), Date.parse(run.to)];
  return (
    <div className={css.marks} aria-hidden="true">
      {run.alerts.map((alert, i) => (
        <i
          key={i}
          title={format.moment(alert.timestamp)}
          style={{ insetInlineStart: `${((Date.parse(alert.timestamp) - from) / Math.max(1, to - from)) * 100}%` }}
        />
      ))}
    </div>
  );
}

function Stored({ id }: { readonly id: number }) {
  const t = useWords(words);
  const query = useCall('alerts.get', { rule_id: id });
  if (isProblem(query.error, 404)) return <Empty>{t.noSuch}</Empty>;
  return (
    <Loaded query={query} height={300}>
      {(rule) => <RuleEditor key={rule.updated_at} rule={rule} />}
    </Loaded>
  );
}

export function RulePage() {
  const t = useWords(words);
  const { id } = route.useParams();
  return (
    <Page title={id === 'new' ? t.newRule : t.tabs.rules}>
      {id === 'new' ? <RuleEditor /> : <Stored id={Number(id)} />}
    </Page>
  );
}
