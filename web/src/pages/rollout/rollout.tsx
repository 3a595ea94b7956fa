import { Link, getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { RolloutGroup, RolloutOverview } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMissingText } from '../../i18n/evidence-words';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { useKeys } from '../../ui/keys';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Note, Page, Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { State, shapeOf } from '../../ui/state';
import { GroupDetail } from './group-detail';
import { Interval } from './interval';
import { KillDialog, UnkillDialog } from './kill-dialog';
import css from './rollout.module.css';
import { words } from './words';

const route = getRouteApi('/rollout');

/** The stages of a plan, and where it stands. */
function Rail({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  if (group.status === 'manual') return <span className={css.later}>{t.status.manual}</span>;
  const isBack = group.status === 'rolled_back';
  return (
    <span className={css.rail}>
      {group.stages.map(({ percent }, i) => {
        const stage = i + 1;
        const isDone = group.status === 'complete' || stage < group.stage;
        const isNow = group.status !== 'complete' && stage === group.stage;
        const [shape, state] = isDone
          ? [shapeOf('normal'), t.stageDone]
          : isNow
            ? [isBack ? shapeOf('high') : '◉', isBack ? t.stageBack : t.stageNow]
            : [shapeOf('stopped'), t.stageNext];
        return (
          <span key={i} className={css.rail} title={t.stage(percent, state)}>
            {i > 0 ? <i /> : null}
            <span className={isNow ? css.now : isDone ? undefined : css.later}>
              {shape}
              {percent}
            </span>
          </span>
        );
      })}
    </span>
  );
}

/** The worst figure of errors, against its limits. */
function Errors({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  const findings = (group.verdict?.findings ?? []).filter(
    ({ metric, interval }) => /error|failure/i.test(metric) && interval.length === 2,
  );
  const worst = [...findings].sort((a, b) => b.value - a.value)[0];
  if (!worst) return <span className={layout.muted}>{t.nothing}</span>;
  const limits = [
    ...new Set(findings.filter(({ operation }) => operation === worst.operation).map(({ limit }) => limit)),
  ];
  return (
    <Interval
      value={worst.value}
      low={worst.interval[0] ?? 0}
      high={worst.interval[1] ?? 0}
      limits={limits}
      isBad={worst.level === 'rollback'}
    />
  );
}

function Holds({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  const format = useFormat();
  const { textOf } = useMissingText();
  const missing = group.verdict?.missing[0];
  if (group.status === 'complete') return <State of="normal">{t.status.complete}</State>;
  if (group.status === 'rolled_back' || group.status === 'frozen')
    return <State of="high">{group.trip_reason ?? t.status[group.status]}</State>;
  if (!missing) return <span>{group.verdict ? t.complete : t.status[group.status]}</span>;
  return (
    <span>
      {textOf(missing)}
      {missing.etaMs === null ? '' : ` · ${t.eta(format.duration(missing.etaMs))}`}
    </span>
  );
}

function GroupRow({ group, isOpen }: { readonly group: RolloutGroup; readonly isOpen: boolean }) {
  const format = useFormat();
  return (
    <Link
      className={css.group}
      to="/rollout"
      search={isOpen ? {} : { group: group.group }}
      aria-current={isOpen ? 'true' : undefined}
      resetScroll={false}
    >
      <span className={css.name}>
        {group.attention === null ? null : <span className={kit.medium}>{shapeOf('medium')} </span>}
        {group.group}
      </span>
      <Rail group={group} />
      <span>{format.number(group.effective_percent, group.effective_percent % 1 ? 2 : 0)} %</span>
      <Errors group={group} />
      <span className={layout.wrap}>
        <Holds group={group} />
      </span>
    </Link>
  );
}

function Killed({ overview, onLift }: { readonly overview: RolloutOverview; readonly onLift: () => void }) {
  const t = useWords(words);
  const blocked = useBlocked('rollout.unkill');
  if (!overview.killed) return null;
  return (
    <Note tone="high">
      <State of="high">{t.killed}</State>
      <span className={layout.grow} />
      <Button blocked={blocked} onPress={onLift}>
        {t.unkill}
      </Button>
    </Note>
  );
}

function Head() {
  const t = useWords(words);
  return (
    <div className={`${css.group} ${css.head}`}>
      {[t.group, t.stages, t.inForce, t.errors, t.holds].map((text) => (
        <span key={text}>{text}</span>
      ))}
    </div>
  );
}

/** Where every group stands, against which proof, and the way back. */
export function Rollout() {
  const t = useWords(words);
  const { group: open } = route.useSearch();
  const [dialog, setDialog] = useState<'kill' | 'unkill'>();
  const query = useCall('rollout.overview', {}, { topic: 'rollout', everyMs: 5_000 });
  const blocked = useBlocked('rollout.kill');
  useKeys({ k: () => (blocked === undefined ? setDialog('kill') : undefined) });
  const actions = (
    <>
      <Link className={kit.button} to="/rollout/report">
        {t.report}
      </Link>
      <Button kind="danger" hotkey="K" blocked={blocked} onPress={() => setDialog('kill')}>
        {t.killAll}
      </Button>
    </>
  );
  return (
    <Page title={t.title} actions={actions}>
      <Loaded query={query} height={420}>
        {(overview) => {
          const detail = overview.groups.find(({ group }) => group === open);
          return (
            <>
              <Killed overview={overview} onLift={() => setDialog('unkill')} />
              <p className={layout.muted}>
                {t.instances(
                  overview.instances.filter(({ confirmed }) => confirmed).length,
                  overview.instances.length,
                  overview.revision,
                )}
              </p>
              <Panel flush>
                <Head />
                {overview.groups.map((group) => (
                  <GroupRow key={group.group} group={group} isOpen={group.group === open} />
                ))}
              </Panel>
              {detail ? <GroupDetail group={detail} /> : null}
            </>
          );
        }}
      </Loaded>
      {dialog === 'kill' ? <KillDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'unkill' ? <UnkillDialog onClose={() => setDialog(undefined)} /> : null}
    </Page>
  );
}
