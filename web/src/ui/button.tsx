import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import css from './kit.module.css';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** The key that does the same, shown on the button. */
  readonly hotkey?: string;
  /** Why it cannot be pressed now; said to everybody, not only greyed out. */
  readonly blocked?: string | undefined;
  readonly isPending?: boolean;
  readonly type?: 'button' | 'submit';
  readonly label?: string;
  readonly autoFocus?: boolean;
}

/** A button that cannot be pressed stays in the tab order and says why. */
export function Button(props: ButtonProps) {
  const {
    children,
    onPress,
    kind = 'plain',
    hotkey,
    blocked,
    isPending = false,
    type = 'button',
    label,
    autoFocus,
  } = props;
  const name = `${css.button} ${kind === 'plain' ? '' : css[kind]}`;
  if (blocked !== undefined)
    return (
      <button type="button" className={name} aria-disabled="true" title={blocked} aria-label={label}>
        {children}
        <span className={css.hidden}> ({blocked})</span>
      </button>
    );
  return (
    <AriaButton
      type={type}
      className={name}
      isPending={isPending}
      {...(onPress ? { onPress } : {})}
      {...(label ? { 'aria-label': label } : {})}
      {...(autoFocus ? { autoFocus } : {})}
    >
      {children}
      {hotkey ? <kbd className={css.kbd}>{hotkey}</kbd> : null}
    </AriaButton>
  );
}

export const Key = ({ children }: { readonly children: string }) => <kbd className={css.kbd}>{children}</kbd>;
