import { useState } from 'react';
import type { ApiProblem } from '../../api/problem';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Segments } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Table } from '../../ui/panel';
import type { CameraDraft, DraftField } from './camera-form';
import { words } from './words';

interface Conflict {
  readonly field: DraftField;
  readonly base: string | boolean | null;
  readonly theirs: string | boolean;
  readonly mine: string | boolean;
}

/** Another person's change of this camera, as the refusal of one's own tells it. */
export interface Changed {
  readonly version: string;
  readonly by: { readonly author: string | null; readonly revision: number } | undefined;
  readonly conflicts: readonly Conflict[];
}

type Sent = Readonly<Record<'base' | 'theirs' | 'mine', string | number | boolean | null>> & { readonly field: string };

export function changedOf({ body }: ApiProblem, draft: CameraDraft): Changed {
  const value = (sent: string | number | boolean | null) => (typeof sent === 'number' ? String(sent) : sent);
  const all = (body.conflicts ?? []) as readonly Sent[];
  const conflicts = all
    .filter((one): one is Sent & { readonly field: DraftField } => one.field in draft)
    .map(({ field, base, theirs }) => ({
      field,
      base: value(base),
      theirs: value(theirs) ?? '',
      mine: draft[field],
    }));
  return { version: String(body.updated_at), by: (body.changed_by ?? undefined) as Changed['by'], conflicts };
}

const text = (value: string | boolean | null) => String(value ?? '–');

interface MergeDialogProps {
  readonly changed: Changed;
  /** The fields that this person has changed; the others are taken as they are now. */
  readonly own: readonly DraftField[];
  readonly isPending: boolean;
  readonly onClose: () => void;
  /** The fields of which the other person's value is taken. */
  readonly onMerge: (theirs: ReadonlySet<DraftField>) => void;
}

/** Two people changed one camera: each field as it was, as it is now, and as one wants it. */
export function MergeDialog({ changed, own, isPending, onClose, onMerge }: MergeDialogProps) {
  const t = useWords(words);
  const [theirs, setTheirs] = useState<ReadonlySet<DraftField>>(new Set());
  const choose = (field: DraftField, isTheirs: boolean) =>
    setTheirs(new Set([...[...theirs].filter((one) => one !== field), ...(isTheirs ? [field] : [])]));
  const { by, conflicts } = changed;
  // Where only one of the two changed a field there is nothing to decide.
  const isOpen = ({ field, base, theirs: now, mine }: Conflict) => own.includes(field) && now !== base && now !== mine;
  return (
    <Dialog title={t.conflict} onClose={onClose} wide>
      <p>
        {by ? t.changedBy(by.author ?? t.somebody, by.revision) : ''} {t.notSaved}
      </p>
      <Table label={t.conflict} head={[t.fieldName, t.before, t.theirs, t.mine, '']}>
        {conflicts.map((one) => (
          <tr key={one.field}>
            <td>{t.field[one.field]}</td>
            <td>{text(one.base)}</td>
            <td>{text(one.theirs)}</td>
            <td>{own.includes(one.field) ? text(one.mine) : '–'}</td>
            <td>
              {isOpen(one) ? (
                <Segments
                  label={t.decide(t.field[one.field])}
                  value={theirs.has(one.field) ? 'theirs' : 'mine'}
                  options={[
                    ['mine', t.keepMine],
                    ['theirs', t.takeTheirs],
                  ]}
                  onChange={(value) => choose(one.field, value === 'theirs')}
                />
              ) : null}
            </td>
          </tr>
        ))}
      </Table>
      <div className={kit.actions}>
        <Button onPress={onClose}>{t.back}</Button>
        <Button kind="primary" isPending={isPending} onPress={() => onMerge(theirs)} autoFocus>
          {t.saveMerged}
        </Button>
      </div>
      <p className={layout.muted}>{t.mergeHint}</p>
    </Dialog>
  );
}
