import type { ReactNode } from 'react';
import { useServerNow } from '../api/clock';
import { type Moment, useFormat } from '../i18n/format';
import css from './kit.module.css';

export type Severity = 'critical' | 'high' | 'medium' | 'normal' | 'stopped' | 'starting';

const SHAPES: Readonly<Record<Severity, readonly [string, string | undefined]>> = {
  critical: ['■', css.critical],
  high: ['▲', css.high],
  medium: ['◆', css.medium],
  normal: ['●', css.calm],
  stopped: ['○', css.calm],
  starting: ['◐', css.calm],
};

export const shapeOf = (severity: Severity): string => SHAPES[severity][0];
export const toneOf = (severity: Severity): string => SHAPES[severity][1] ?? '';

/** Shape, colour and word: no one of them alone. */
export const State = ({ of, children }: { readonly of: Severity; readonly children: ReactNode }) => (
  <span className={`${css.state} ${toneOf(of)}`}>
    <span aria-hidden="true">{shapeOf(of)}</span>
    <span>{children}</span>
  </span>
);

/** How long ago something was, by the clock of the service, counted on every second. */
export function Age({ at }: { readonly at: Moment }) {
  const now = useServerNow();
  const format = useFormat();
  return <time title={format.full(at)}>{format.ago(now - new Date(at).getTime())}</time>;
}

/** How long something has lasted. */
export function Lasting({ since }: { readonly since: Moment }) {
  const now = useServerNow();
  const format = useFormat();
  return <time title={format.full(since)}>{format.duration(now - new Date(since).getTime())}</time>;
}
