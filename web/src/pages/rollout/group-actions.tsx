import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { RolloutGroup } from '../../api/generated';
import { useChange } from '../../api/queries';
import { useMissingText } from '../../i18n/evidence-words';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Dialog, ReasonDialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { ProblemNote, useProblemText } from '../../ui/problem';
import { say } from '../../ui/toast';
import { KillDialog, UnkillDialog } from './kill-dialog';
import { words } from './words';

const CHANGED = ['rollout'];
type Open = 'rollback' | 'approve' | 'percent' | 'kill' | 'unkill';

function useSteps(name: string) {
  const t = useWords(words);
  const textOf = useProblemText();
  const all = {
    start: useChange('rollout.start', CHANGED),
    pause: useChange('rollout.pause', CHANGED),
    resume: useChange('rollout.resume', CHANGED),
    promote: useChange('rollout.promote', CHANGED),
  };
  return (step: keyof typeof all) => () =>
    all[step].mutate(
      { group: name },
      { onSuccess: () => say(t.done), onError: (error) => say(textOf(error), 'critical') },
    );
}

export function GroupActions({ group }: { readonly group: RolloutGroup }) {
  const t = useWords(words);
  const [open, setOpen] = useState<Open>();
  const blocked = useBlocked('rollout.promote');
  const { status } = group;
  const close = () => setOpen(undefined);
  return (
    <div className={layout.row}>
      <Steps group={group} blocked={blocked} onApprove={() => setOpen('approve')} />
      {status === 'rolled_back' ? null : (
        <Button kind="danger" blocked={blocked} onPress={() => setOpen('rollback')}>
          {t.rollback}
        </Button>
      )}
      <Button blocked={blocked} onPress={() => setOpen('percent')}>
        {t.setPercent}
      </Button>
      <Button kind="danger" blocked={blocked} onPress={() => setOpen(group.killed ? 'unkill' : 'kill')}>
        {group.killed ? t.unkill : t.kill}
      </Button>
      {open === 'kill' ? <KillDialog group={group.group} onClose={close} /> : null}
      {open === 'unkill' ? <UnkillDialog group={group.group} onClose={close} /> : null}
      {open === 'rollback' || open === 'approve' ? <Reasoned name={group.group} what={open} onClose={close} /> : null}
      {open === 'percent' ? <PercentDialog group={group} onClose={close} /> : null}
    </div>
  );
}

interface StepsProps {
  readonly group: RolloutGroup;
  readonly blocked: string | undefined;
  readonly onApprove: () => void;
}

/** The steps that the state of the group allows. */
function Steps({ group, blocked, onApprove }: StepsProps) {
  const t = useWords(words);
  const step = useSteps(group.group);
  const { textOf } = useMissingText();
  const { status, verdict } = group;
  const isMoving = status === 'running' || status === 'paused' || status === 'frozen';
  // Never a bare button: it is refused with what is missing, or it says that the proof is complete.
  const missing = verdict?.missing.map(textOf).join(', ');
  const unproven = verdict?.action === 'promote' ? undefined : `${t.notProven}${missing ? `: ${missing}` : ''}`;
  return (
    <>
      {status === 'manual' ? (
        <Button kind="primary" blocked={blocked} onPress={step('start')}>
          {t.start}
        </Button>
      ) : null}
      {status === 'running' ? (
        <Button blocked={blocked} onPress={step('pause')}>
          {t.pause}
        </Button>
      ) : null}
      {status === 'paused' || status === 'frozen' || status === 'rolled_back' ? (
        <Button blocked={blocked} onPress={step('resume')}>
          {t.resume}
        </Button>
      ) : null}
      {isMoving ? (
        <>
          <Button blocked={blocked ?? unproven} onPress={step('promote')}>
            {t.promote}
          </Button>
          <Button blocked={blocked} onPress={onApprove}>
            {t.approve}
          </Button>
        </>
      ) : null}
    </>
  );
}

function Reasoned({
  name,
  what,
  onClose,
}: {
  readonly name: string;
  readonly what: 'rollback' | 'approve';
  readonly onClose: () => void;
}) {
  const t = useWords(words);
  const [rollback, approve] = [useChange('rollout.rollback', CHANGED), useChange('rollout.approve', CHANGED)];
  const change = what === 'rollback' ? rollback : approve;
  return (
    <ReasonDialog
      title={`${name}: ${t[what]}`}
      action={t[what]}
      kind={what === 'rollback' ? 'danger' : 'primary'}
      isPending={change.isPending}
      onClose={onClose}
      onReason={(reason) => change.mutate({ group: name, body: { reason } }, { onSuccess: onClose })}
    >
      {change.error ? <ProblemNote error={change.error} /> : null}
    </ReasonDialog>
  );
}

function PercentDialog({ group, onClose }: { readonly group: RolloutGroup; readonly onClose: () => void }) {
  const t = useWords(words);
  const [percent, setPercent] = useState(String(group.percent));
  const change = useChange('rollout.setPercent', CHANGED);
  return (
    <Dialog title={`${group.group}: ${t.setPercent}`} onClose={onClose}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ group: group.group, body: { percent: Number(percent) } }, { onSuccess: onClose });
        }}
      >
        <Field label={t.percent} type="number" min={0} max={100} value={percent} onChange={setPercent} autoFocus />
        {change.error ? <ProblemNote error={change.error} /> : null}
        <div className={kit.actions}>
          <Button type="submit" kind="primary" isPending={change.isPending}>
            {t.setPercent}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
