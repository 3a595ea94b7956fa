import { useState } from 'react';
import { Button } from './button';
import { ActionDialog } from './dialog';
import { ProblemNote } from './problem';

interface RemoveButtonProps {
  /** On the button, and on the one of its dialog. */
  readonly action: string;
  readonly title: string;
  /** What goes with it. */
  readonly text: string;
  /** Why the caller may not. */
  readonly blocked: string | undefined;
  /** The call that removes, as far as it has come. */
  readonly removal: { readonly isPending: boolean; readonly error: Error | null };
  readonly onRemove: () => void;
}

/** Removes what the page shows, after saying what goes with it. */
export function RemoveButton({ action, title, text, blocked, removal, onRemove }: RemoveButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="danger" blocked={blocked} onPress={() => setOpen(true)}>
        {action}
      </Button>
      {isOpen ? (
        <ActionDialog
          title={title}
          action={action}
          isPending={removal.isPending}
          onClose={() => setOpen(false)}
          onAct={onRemove}
        >
          <p>{text}</p>
          {removal.error ? <ProblemNote error={removal.error} /> : null}
        </ActionDialog>
      ) : null}
    </>
  );
}
