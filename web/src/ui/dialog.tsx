import { type ReactNode, useState } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useWords } from '../i18n/language';
import { Button } from './button';
import { Field } from './field';
import css from './kit.module.css';
import { words } from './words';

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose?: () => void;
  readonly wide?: boolean;
}

/** A dialog that keeps the focus, gives it back, and closes with Escape unless it must be answered. */
export const Dialog = ({ title, children, onClose, wide = false }: DialogProps) => (
  <ModalOverlay
    className={css.overlay ?? ''}
    isOpen
    isDismissable={onClose !== undefined}
    isKeyboardDismissDisabled={onClose === undefined}
    onOpenChange={(open) => {
      if (!open) onClose?.();
    }}
  >
    <Modal className={`${css.modal} ${wide ? css.wide : ''}`}>
      <AriaDialog className={css.dialog ?? ''}>
        <Heading slot="title" level={2}>
          {title}
        </Heading>
        {children}
      </AriaDialog>
    </Modal>
  </ModalOverlay>
);

interface ActionDialogProps {
  readonly title: string;
  readonly action: string;
  readonly children?: ReactNode;
  readonly onClose: () => void;
  readonly onAct: () => void;
  readonly isPending?: boolean;
  readonly kind?: 'primary' | 'danger';
}

/** Says what an action takes away before it is done. What takes nothing away has the focus, so that Enter twice is safe. */
export function ActionDialog(props: ActionDialogProps) {
  const { title, action, children, onClose, onAct, isPending = false, kind = 'danger' } = props;
  const t = useWords(words);
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div className={css.actions}>
        <Button onPress={onClose} autoFocus>
          {t.cancel}
        </Button>
        <Button kind={kind} isPending={isPending} onPress={onAct}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}

interface ReasonDialogProps extends Omit<ActionDialogProps, 'onAct'> {
  readonly onReason: (reason: string) => void;
}

/** For calls that keep a reason: why, instead of whether one is sure. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, action, children, onClose, onReason, isPending = false, kind = 'danger' } = props;
  const t = useWords(words);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        style={{ display: 'grid', gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          // The dialog may stand in a form of the page, whose submission this is not.
          event.stopPropagation();
          if (reason.trim()) onReason(reason.trim());
          else setMissing(true);
        }}
      >
        {children}
        <Field
          label={t.reason}
          value={reason}
          onChange={setReason}
          hint={t.reasonHint}
          fault={missing && !reason.trim() ? t.reasonNeeded : undefined}
          autoFocus
        />
        <div className={css.actions}>
          <Button onPress={onClose}>{t.cancel}</Button>
          <Button type="submit" kind={kind} isPending={isPending} hotkey="Enter">
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
