import css from './kit.module.css';

const toneOf = (line: string) => {
  if (line.startsWith('@@')) return css.hunk;
  if (line.startsWith('+')) return css.added;
  return line.startsWith('-') ? css.removed : undefined;
};

/** A patch, line by line; the sign at the front says what the colour says. */
export const Diff = ({ text, label }: { readonly text: string; readonly label: string }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
  <pre className={css.diff} tabIndex={0} role="region" aria-label={label}>
    {text
      .replace(/\n$/, '')
      .split('\n')
      .filter((line) => !/^(---|\+\+\+|===|Index:)/.test(line))
      .map((line, i) => (
        <span key={i} className={`${css.diffLine} ${toneOf(line) ?? ''}`}>
          {line || ' '}
        </span>
      ))}
  </pre>
);
