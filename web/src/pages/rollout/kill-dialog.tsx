import { useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import type { RolloutAcknowledged } from '../../api/generated';
import { Button } from '../../ui/button';
import { Dialog, ReasonDialog } from '../../ui/dialog';
import kit from '../../ui/kit.module.css';
import { ProblemNote } from '../../ui/problem';
import { State } from '../../ui/state';
import { words as common } from '../../ui/words';
import css from './rollout.module.css';
import { words } from './words';

interface KillDialogProps {
  readonly group?: string;
  readonly onClose: () => void;
}

/** Every instance with its own confirmation: who has not confirmed is named, and stays so. */
function Acknowledged({ answer, onClose }: { readonly answer: RolloutAcknowledged; readonly onClose: () => void }) {
  const t = useWords(words);
  const tc = useWords(common);
  const format = useFormat();
  return (
    <Dialog title={t.acks} onClose={onClose}>
      <p role="status">
        <State of={answer.applied === answer.of ? 'normal' : 'critical'}>{t.ackOf(answer.applied, answer.of)}</State>
      </p>
      <ul className={css.acks}>
        {answer.instances.map(({ name, confirmed, ms }) => (
          <li key={name}>
            <span>{name}</span>
            {confirmed ? (
              <State of="normal">{ms === null ? '✓' : `✓ ${format.duration(ms)}`}</State>
            ) : (
              <State of="critical">{t.ackMissing}</State>
            )}
          </li>
        ))}
      </ul>
      <div className={kit.actions}>
        <Button onPress={onClose} autoFocus>
          {tc.close}
        </Button>
      </div>
    </Dialog>
  );
}

export function KillDialog({ group, onClose }: KillDialogProps) {
  const t = useWords(words);
  const kill = useChange('rollout.kill', ['rollout']);
  if (kill.data) return <Acknowledged answer={kill.data} onClose={onClose} />;
  return (
    <ReasonDialog
      title={group === undefined ? t.killTitle : t.killGroupTitle(group)}
      action={t.kill}
      isPending={kill.isPending}
      onClose={onClose}
      onReason={(reason) => kill.mutate({ body: { reason, ...(group === undefined ? {} : { group }) } })}
    >
      <p>{t.killText}</p>
      {kill.error ? <ProblemNote error={kill.error} /> : null}
    </ReasonDialog>
  );
}

export function UnkillDialog({ group, onClose }: KillDialogProps) {
  const t = useWords(words);
  const unkill = useChange('rollout.unkill', ['rollout']);
  if (unkill.data) return <Acknowledged answer={unkill.data} onClose={onClose} />;
  return (
    <ReasonDialog
      title={t.unkillTitle}
      action={t.unkill}
      kind="primary"
      isPending={unkill.isPending}
      onClose={onClose}
      onReason={(reason) => unkill.mutate({ body: { reason, ...(group === undefined ? {} : { group }) } })}
    >
      {unkill.error ? <ProblemNote error={unkill.error} /> : null}
    </ReasonDialog>
  );
}
