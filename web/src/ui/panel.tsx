import type { ReactNode } from 'react';
import { useWords } from '../i18n/language';
import css from './kit.module.css';
import layout from './layout.module.css';
import { words } from './words';

interface PanelProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Its content reaches to the border, as a table does. */
  readonly flush?: boolean;
}

export const Panel = ({ title, actions, children, flush = false }: PanelProps) => (
  <section className={css.panel}>
    {title === undefined ? null : (
      <div className={css.panelHead}>
        <h2>{title}</h2>
        {actions}
      </div>
    )}
    <div className={flush ? undefined : css.panelBody}>{children}</div>
  </section>
);

interface PageProps {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export const Page = ({ title, actions, children }: PageProps) => (
  <div className={layout.page}>
    <div className={layout.head}>
      <h1>{title}</h1>
      {actions}
    </div>
    {children}
  </div>
);

export const Empty = ({ children }: { readonly children?: ReactNode }) => {
  const t = useWords(words);
  return <p className={css.empty}>{children ?? t.nothing}</p>;
};

/** Of the size of what will come, so that nothing jumps. */
export const Skeleton = ({ height }: { readonly height: number }) => {
  const t = useWords(words);
  return (
    <div className={css.skeleton} style={{ height }} role="status">
      <span className={css.hidden}>{t.loading}</span>
    </div>
  );
};

interface NoteProps {
  readonly tone?: 'critical' | 'high' | 'medium' | 'calm';
  readonly children: ReactNode;
}

const TONES = { critical: css.noteCritical, high: css.noteHigh, medium: css.noteMedium, calm: '' };

export const Note = ({ tone = 'calm', children }: NoteProps) => (
  <div className={`${css.note} ${TONES[tone]}`}>{children}</div>
);

interface TableProps {
  readonly label: string;
  readonly head: readonly ReactNode[];
  readonly children: ReactNode;
  /** Which columns hold numbers. */
  readonly numbers?: readonly number[];
}

export const Table = ({ label, head, children, numbers = [] }: TableProps) => (
  // A table wider than the screen is moved with the arrow keys, so it can have the focus.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <div className={css.tableWrap} tabIndex={0} role="region" aria-label={label}>
    <table className={css.table}>
      {head.every((cell) => cell === '') ? null : (
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={i} scope="col" className={numbers.includes(i) ? css.number : undefined}>
                {cell}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>{children}</tbody>
    </table>
  </div>
);

export const NumberCell = ({ children }: { readonly children: ReactNode }) => (
  <td className={css.number}>{children}</td>
);
