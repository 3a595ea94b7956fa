import { type HTMLInputTypeAttribute, type ReactNode, useId } from 'react';
import css from './kit.module.css';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly fault?: string | undefined;
  readonly type?: HTMLInputTypeAttribute;
  readonly name?: string;
  readonly required?: boolean;
  readonly autoFocus?: boolean;
  readonly rows?: number;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly autoComplete?: string;
  readonly min?: number;
  readonly max?: number;
  readonly list?: string;
}

/** A line or an area of text with its name, its hint and what is wrong with it. */
export function Field(props: FieldProps) {
  const { label, value, onChange, hint, fault, type = 'text', rows, autoFocus, ...rest } = props;
  const id = useId();
  const described = [hint ? `${id}-hint` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ');
  const common = {
    id,
    value,
    className: css.input,
    'aria-invalid': fault !== undefined,
    ...(described ? { 'aria-describedby': described } : {}),
    ...rest,
  };
  // oxlint-disable-next-line jsx-a11y/no-autofocus -- only in dialogs, where it is where the person is
  const focus = autoFocus ? { autoFocus: true } : {};
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {rows ? (
        <textarea {...common} {...focus} rows={rows} onChange={(e) => onChange(e.target.value)} />
      ) : (
        <input {...common} {...focus} type={type} onChange={(e) => onChange(e.target.value)} />
      )}
      {hint ? (
        <span id={`${id}-hint`} className={css.hint}>
          {hint}
        </span>
      ) : null}
      {fault ? (
        <span id={`${id}-fault`} className={css.fault} role="alert">
          {fault}
        </span>
      ) : null}
    </div>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T | '';
  readonly options: readonly (readonly [T | '', string])[];
  readonly onChange: (value: T | '') => void;
  /** Its name is shown before it rather than only read out. */
  readonly shown?: boolean;
}

/** The system's own list: the best one on a telephone, and known to everybody. */
export function Select<T extends string>({ label, value, options, onChange, shown = false }: SelectProps<T>) {
  const id = useId();
  return (
    <span className={shown ? css.field : undefined}>
      <label htmlFor={id} className={shown ? css.label : css.hidden}>
        {label}
      </label>
      <select id={id} className={css.select} value={value} onChange={(e) => onChange(e.target.value as T | '')}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}

interface CheckProps {
  readonly children: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

export const Check = ({ children, checked, onChange, disabled = false }: CheckProps) => (
  <label className={css.check}>
    <input type="checkbox" checked={checked} disabled={disabled} onChange={(e) => onChange(e.target.checked)} />
    {children}
  </label>
);

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}

/** A choice of few, all of them seen. */
export const Segments = <T extends string>({ label, value, options, onChange }: SegmentsProps<T>) => (
  <div className={css.segments} role="group" aria-label={label}>
    {options.map(([key, text]) => (
      <button
        key={key}
        type="button"
        className={css.segment}
        aria-pressed={key === value}
        onClick={() => onChange(key)}
      >
        {text}
      </button>
    ))}
  </div>
);
