import type { ReactNode } from 'react';
import { Store, useStore } from '../api/store';
import css from './kit.module.css';
import { Note } from './panel';

interface Toast {
  readonly id: number;
  readonly text: ReactNode;
  readonly tone: 'critical' | 'high' | 'calm';
}

const SHOWN_MS = 6_000;
const MOST = 3;
const toasts = new Store<readonly Toast[]>([]);
let last = 0;

/** Says what was done, or why not, beside what the person is doing. */
export function say(text: ReactNode, tone: Toast['tone'] = 'calm'): void {
  last += 1;
  const id = last;
  toasts.set([...toasts.get(), { id, text, tone }].slice(-MOST));
  setTimeout(() => toasts.set(toasts.get().filter((toast) => toast.id !== id)), SHOWN_MS);
}

export const Toasts = () => (
  <div className={css.toasts} role="status" aria-live="polite">
    {useStore(toasts).map(({ id, text, tone }) => (
      <div key={id} className={css.toast}>
        <Note tone={tone}>{text}</Note>
      </div>
    ))}
  </div>
);
