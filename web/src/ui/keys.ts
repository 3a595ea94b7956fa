import { useEffect, useRef } from 'react';
import { Store } from '../api/store';
import { keep } from '../i18n/language';

/** `Shift+C`, `Escape`, `j`: what a person pressed. */
export function pressed(event: KeyboardEvent): string {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = event.ctrlKey || event.metaKey ? 'Ctrl+' : '';
  return `${control}${event.shiftKey && event.key.length === 1 ? 'Shift+' : ''}${name}`;
}

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="dialog"], .cm-editor';

/** Whether a key belongs to what has the focus: a field, a dialog. */
export const isTyping = (event: KeyboardEvent): boolean =>
  event.target instanceof Element && event.target.closest(TYPING) !== null;

const KEY = 'watchgate.letters';
/** Who types by voice or by accident can switch single letters off; then buttons and Ctrl+K do the same. */
export const lettersAct = new Store(localStorage.getItem(KEY) !== 'off');

export function setLettersAct(act: boolean): void {
  lettersAct.set(act);
  keep(KEY, act ? 'on' : 'off');
}

/** These belong to a button or a link that has the focus. */
const presses = (event: KeyboardEvent): boolean =>
  (event.key === ' ' || event.key === 'Enter') &&
  event.target instanceof Element &&
  event.target.closest('button, a, summary') !== null;

type Keys = Readonly<Record<string, () => void>>;

/** Keys of the page that is shown; they do not act while the person types or a dialog is open. */
export function useKeys(keys: Keys, isActive = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!isActive) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || isTyping(event) || presses(event)) return;
      if (document.querySelector('[role="dialog"]') || (event.key.length === 1 && !lettersAct.get())) return;
      const action = latest.current[pressed(event)];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isActive]);
}
