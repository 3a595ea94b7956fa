import { Link } from '@tanstack/react-router';
import { createTwoFilesPatch } from 'diff';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { RevisionDetail } from '../../api/generated';
import { useCall, useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { ActionDialog } from '../../ui/dialog';
import { Diff } from '../../ui/diff';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { say } from '../../ui/toast';
import { words } from './words';

/** What one revision changed, and the way back to it. */
export function RevisionView({ number, head }: { readonly number: number; readonly head: number }) {
  const t = useWords(words);
  const [isOpen, setOpen] = useState(false);
  const blocked = useBlocked('camera-config.restore');
  const query = useCall('camera-config.revision', { number });
  const restore =
    number === head ? null : (
      <Button blocked={blocked} onPress={() => setOpen(true)}>
        {t.restore}
      </Button>
    );
  return (
    <Panel title={`${t.revision(number)}: ${t.change}`} actions={restore}>
      <Loaded query={query} height={160}>
        {(detail) => (
          <div className={layout.stack}>
            <p className={layout.row}>
              {detail.changes.map(({ camera_id: id, kind, fields }) => (
                <Link key={id} to="/cameras/$id" params={{ id }}>
                  {id}
                  {kind === 'changed' && fields.length > 0 ? ` (${fields.map(({ field }) => field).join(', ')})` : ''}
                </Link>
              ))}
            </p>
            {detail.diff ? (
              <Diff text={detail.diff} label={t.change} />
            ) : (
              <p className={layout.muted}>{number === 1 ? t.noDiff : t.noChange}</p>
            )}
            {isOpen ? <RestoreDialog detail={detail} head={head} onClose={() => setOpen(false)} /> : null}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

interface RestoreDialogProps {
  readonly detail: RevisionDetail;
  readonly head: number;
  readonly onClose: () => void;
}

/** Shows what would be different from today before it is done. */
function RestoreDialog({ detail, head, onClose }: RestoreDialogProps) {
  const t = useWords(words);
  const now = useCall('camera-config.revision', { number: head });
  const restore = useChange('camera-config.restore', ['camera', 'cameras']);
  return (
    <ActionDialog
      title={t.restoreTitle(detail.number)}
      action={t.restore}
      kind="primary"
      isPending={restore.isPending}
      onClose={onClose}
      onAct={() =>
        restore.mutate(
          { number: detail.number },
          {
            onSuccess: ({ restored, revision }) => {
              say(t.restored(restored, revision));
              onClose();
            },
          },
        )
      }
    >
      <p>{t.restoreText}</p>
      <Loaded query={now} height={80}>
        {({ text }) => (
          <div style={{ maxHeight: '38vh', overflow: 'auto' }}>
            <p className={layout.muted}>{t.restarts}</p>
            <Diff text={createTwoFilesPatch('', '', text, detail.text)} label={t.change} />
          </div>
        )}
      </Loaded>
      {restore.error ? <ProblemNote error={restore.error} /> : null}
    </ActionDialog>
  );
}
